"""Chinese names of public holidays, by the English ones of the library that has none in Chinese.

It adds remarks to a name: that a day is observed for another, moved, or not yet certain. Those are known too.
"""

import re

NAMES = {
    # The year and its turn
    "New Year's Day": "元旦",
    "New Year's Eve": "除夕（公历）",
    "Day after New Year's Day": "元旦次日",
    "Chinese New Year": "春节",
    "Chinese New Year (Second Day)": "春节初二",
    "Lunar New Year": "春节",
    "Lunar New Year's Eve": "除夕",
    "29 of Lunar New Year": "腊月廿九",
    "Second Day of Lunar New Year": "正月初二",
    "Third Day of Lunar New Year": "正月初三",
    "Fourth Day of Lunar New Year": "正月初四",
    "Fifth Day of Lunar New Year": "正月初五",
    "Islamic New Year": "伊斯兰新年",
    # Christian
    "Epiphany": "主显节",
    "Maundy Thursday": "濯足节",
    "Good Friday": "耶稣受难日",
    "Black Saturday": "圣周六",
    "Easter Sunday": "复活节",
    "Easter Monday": "复活节星期一",
    "Ascension Day": "耶稣升天节",
    "Pentecost": "圣灵降临节",
    "Pentecost Monday": "圣灵降临节星期一",
    "Corpus Christi": "基督圣体节",
    "Assumption Day": "圣母升天节",
    "Assumption Of Mary Day": "圣母升天节",
    "All Saints' Eve": "万圣夜",
    "All Saints' Day": "诸圣节",
    "All Souls' Day": "追思亡者日",
    "Immaculate Conception": "圣母无染原罪日",
    "Christmas Eve": "平安夜",
    "Christmas": "圣诞节",
    "Christmas Day": "圣诞节",
    "Second Day of Christmas": "圣诞节次日",
    "Saint Stephen's Day": "圣斯德望日",
    "Boxing Day": "节礼日",
    "Saint Brigid's Day": "圣布里吉德日",
    "Saint Patrick's Day": "圣帕特里克节",
    "Saints Cyril and Methodius Day": "圣西里尔与圣美多德日",
    "Jan Hus Day": "扬·胡斯纪念日",
    "Our Lady of Aparecida": "阿帕雷西达圣母日",
    "Saint Francis of Assisi, Patron Saint of Italy": "意大利主保圣方济各日",
    # Muslim, Hindu, Buddhist, Sikh, Jain
    "Eid al-Fitr": "开斋节",
    "Eid al-Fitr (Second Day)": "开斋节次日",
    "Eid al-Fitr Second Day": "开斋节次日",
    "Eid al-Fitr Holiday": "开斋节假期",
    "Eid al-Adha": "宰牲节",
    "Eid al-Adha Holiday": "宰牲节假期",
    "Day of Arafah": "阿拉法特日",
    "Prophet's Birthday": "圣纪节",
    "Prophet Muhammad's Birthday": "圣纪节",
    "Isra' and Mi'raj": "登霄节",
    "Ashura": "阿舒拉节",
    "Diwali": "排灯节",
    "Holi": "洒红节",
    "Dussehra": "十胜节",
    "Ram Navami": "罗摩诞辰日",
    "Maha Shivaratri": "湿婆节",
    "Janmashtami (Vaishnava)": "黑天诞辰日",
    "Day of Silence": "静居日",
    "Vesak Day": "卫塞节",
    "Visakha Bucha": "卫塞节",
    "Buddha Purnima": "佛诞日",
    "Buddha's Birthday": "佛诞日",
    "Makha Bucha": "万佛节",
    "Asarnha Bucha": "三宝佛节",
    "Buddhist Lent Day": "守夏节",
    "Guru Nanak's Birthday": "古鲁那纳克诞辰日",
    "Mahavira's Birthday": "大雄诞辰日",
    # Work, state and memory
    "Labor Day": "劳动节",
    "Labour Day": "劳动节",
    "National Labor Day": "国家劳动节",
    "International Labor Day": "国际劳动节",
    "Worker's Day": "劳动节",
    "May Day": "五一节",
    "National Day": "国庆节",
    "National Holiday": "国家假日",
    "Independence Day": "独立日",
    "Republic Day": "共和国日",
    "Constitution Day": "宪法日",
    "Liberation Day": "解放日",
    "Victory Day": "胜利日",
    "Armistice Day": "停战纪念日",
    "Memorial Day": "阵亡将士纪念日",
    "Children's Day": "儿童节",
    "Armed Forces Day": "国军日",
    "Europe Day": "欧洲日",
    # One country's own: East Asia
    "Coming of Age Day": "成人之日",
    "Foundation Day": "建国纪念日",
    "Emperor's Birthday": "天皇诞生日",
    "Vernal Equinox Day": "春分日",
    "Showa Day": "昭和之日",
    "Greenery Day": "绿之日",
    "Marine Day": "海之日",
    "Mountain Day": "山之日",
    "Respect for the Aged Day": "敬老日",
    "Autumnal Equinox Day": "秋分日",
    "Sports Day": "体育日",
    "Culture Day": "文化日",
    "Labor Thanksgiving Day": "勤劳感谢日",
    "Substitute Holiday": "补休",
    "Korean New Year": "韩国春节",
    "The day preceding Korean New Year": "韩国春节前一天",
    "The second day of Korean New Year": "韩国春节次日",
    "Independence Movement Day": "三一节",
    "National Foundation Day": "开天节",
    "Hangul Day": "韩文日",
    "Chuseok": "中秋节",
    "The day preceding Chuseok": "中秋节前一天",
    "The second day of Chuseok": "中秋节次日",
    # America
    "Martin Luther King Jr. Day": "马丁·路德·金纪念日",
    "Washington's Birthday": "华盛顿诞辰日",
    "Juneteenth National Independence Day": "六月节",
    "Columbus Day": "哥伦布日",
    "Veterans Day": "退伍军人节",
    "Thanksgiving Day": "感恩节",
    "Canada Day": "加拿大国庆日",
    "Universal Fraternization Day": "元旦（世界博爱日）",
    "Tiradentes' Day": "蒂拉登特斯日",
    "Republic Proclamation Day": "共和国成立日",
    "National Day of Zumbi and Black Awareness": "黑人觉醒日",
    "Benito Juárez's birthday": "贝尼托·华雷斯诞辰日",
    "Revolution Day": "革命纪念日",
    "Change of Federal Government": "联邦政府换届日",
    # Europe
    "Spring Bank Holiday": "春季银行假日",
    "May Bank Holiday": "五月银行假日",
    "June Bank Holiday": "六月银行假日",
    "August Bank Holiday": "八月银行假日",
    "October Bank Holiday": "十月银行假日",
    "German Unity Day": "德国统一日",
    "King's Day": "国王节",
    "National Unity Day": "民族团结日",
    "Restoration of Independence Day": "恢复独立日",
    "Freedom Day": "自由日",
    "Day of Portugal, Camões, and the Portuguese Communities": "葡萄牙日",
    "National Day of the Third of May": "五三宪法日",
    "National Independence Day": "国家独立日",
    "Independent Czech State Restoration Day": "捷克独立国家重建日",
    "Independent Czechoslovak State Day": "捷克斯洛伐克独立日",
    "Statehood Day": "国家日",
    "Struggle for Freedom and Democracy Day and International Students' Day": "争取自由民主日",
    "Midsummer Eve": "仲夏夜",
    "Midsummer Day": "仲夏节",
    # Oceania
    "Australia Day": "澳大利亚国庆日",
    "ANZAC Day": "澳新军团日",
    "Anzac Day": "澳新军团日",
    "Waitangi Day": "怀唐伊日",
    "King's Birthday": "国王诞辰日",
    "Matariki": "毛利新年",
    # South and South-East Asia
    "Dr. B. R. Ambedkar's Birthday": "安贝德卡尔诞辰日",
    "Mahatma Gandhi's Birthday": "甘地诞辰日",
    "National Children's Day": "儿童节",
    "Chakri Memorial Day": "却克里王朝纪念日",
    "Songkran Festival": "宋干节",
    "Coronation Day": "加冕日",
    "HM King Maha Vajiralongkorn's Birthday": "国王诞辰日",
    "HM King Bhumibol Adulyadej the Great's Birthday": "普密蓬国王诞辰日",
    "HM King Bhumibol Adulyadej Memorial Day": "普密蓬国王纪念日",
    "HM King Chulalongkorn Memorial Day": "朱拉隆功国王纪念日",
    "HM Queen Suthida's Birthday": "王后诞辰日",
    "HM Queen Sirikit The Queen Mother's Birthday": "诗丽吉王太后诞辰日",
    "National Father's Day": "父亲节",
    "National Mother's Day": "母亲节",
    "Bridge Public Holiday": "连休假日",
    "Hung Kings' Commemoration Day": "雄王节",
    "Liberation Day/Reunification Day": "南方解放日",
    "Vietnam Cultural Day": "越南文化日",
    "Malaysia Day": "马来西亚日",
    "Birthday of HM Yang di-Pertuan Agong": "最高元首诞辰日",
    "Pancasila Day": "建国五项原则日",
    "Day of Valor": "英勇日",
    "Ninoy Aquino Day": "尼诺·阿基诺纪念日",
    "National Heroes Day": "国家英雄日",
    "Bonifacio Day": "博尼法西奥纪念日",
    "Rizal Day": "黎刹纪念日",
    # Decided for one year
    "Polling Day": "投票日",
    "National Assembly Election Day": "国会选举日",
    "Presidential Election Day": "总统选举日",
    "General Election Day": "大选日",
    "Local Election Day": "地方选举日",
    "Elections special (non-working) day": "选举特别休假日",
    "Temporary Public Holiday": "临时公休日",
    "Additional special (non-working) day": "特别休假日",
    "Additional holiday": "额外假日",
}

REMARKS = {
    "estimated": "预计",
    "observed": "补休",
    "observed, estimated": "补休，预计",
    "in lieu": "补休",
    "additional holiday": "额外假日",
}
_REMARKED = re.compile(rf"(.+) \(({'|'.join(REMARKS)})\)")
_ALTERNATIVE = re.compile(r"Alternative holiday for (.+)")
_MOVED = re.compile(r"Day off \(substituted from (\d\d)/(\d\d)/(\d{4})\)")


def chinese_name(english: str) -> str | None:
    """The Chinese name of a holiday, several of one day side by side; None when one is not known."""
    names = [_name(part) for part in english.split("; ")]
    return "、".join(filter(None, names)) if all(names) else None


def _name(english: str) -> str | None:
    if english in NAMES:
        return NAMES[english]
    if found := _MOVED.fullmatch(english):
        month, day, year = found.groups()
        return f"调休（{year}年{int(month)}月{int(day)}日补班）"
    if found := _REMARKED.fullmatch(english):
        return _with(_name(found[1]), f"（{REMARKS[found[2]]}）")
    if found := _ALTERNATIVE.fullmatch(english):
        return _with(_name(found[1]), "补休")
    return None


def _with(name: str | None, remark: str) -> str | None:
    return None if name is None else name + remark
