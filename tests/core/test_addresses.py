"""Addresses as each country writes them."""

import pytest
from django.utils.translation import override

from core.addresses import PostalAddress

ADDRESSES = [
    (
        PostalAddress("王小明", "南京东路 100 号\n502 室", "上海市", "上海", "200001", "CN"),
        "zh-hans",
        ["中国 200001", "上海市", "南京东路 100 号", "502 室", "王小明"],
    ),
    (
        PostalAddress("李雷", "人民路 1 号", "苏州市", "江苏省", "", "CN"),
        "en",
        ["China", "江苏省苏州市", "人民路 1 号", "李雷"],
    ),
    (
        PostalAddress("Carol Chen", "1 Main St\nApt 2", "Springfield", "IL", "62701", "US"),
        "en",
        ["Carol Chen", "1 Main St", "Apt 2", "Springfield, IL 62701", "United States"],
    ),
    (
        PostalAddress("Carol Chen", "Allee 1", "Berlin", "", "10115", "DE"),
        "zh-hans",
        ["Carol Chen", "Allee 1", "10115 Berlin", "德国"],
    ),
    (
        PostalAddress("Carol Chen", "2 High Street", "Bath", "", "BA1 1AA", "GB"),
        "en",
        ["Carol Chen", "2 High Street", "Bath", "BA1 1AA", "United Kingdom"],
    ),
    (PostalAddress(), "en", []),
    (PostalAddress(recipient="Carol", country="QQ"), "en", ["Carol", "QQ"]),
]


@pytest.mark.parametrize(("address", "language", "written"), ADDRESSES)
def test_an_address_is_written_as_its_country_does(
    address: PostalAddress, language: str, written: list[str]
) -> None:
    with override(language):
        assert address.written() == written
