"""What we write to customers about their returns, refunds and warranties."""

from returns.texts import deciding, goods, money, rights

TEXTS = (*deciding.TEXTS, *goods.TEXTS, *money.TEXTS, *rights.TEXTS)
