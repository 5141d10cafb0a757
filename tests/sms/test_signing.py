"""Our signatures are those of the examples that Tencent and Aliyun publish for their signing methods."""

from datetime import UTC, datetime

from sms.providers.signing import aliyun_authorization, aliyun_query, tencent_authorization

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_tencents_published_example() -> None:
    """DescribeInstances of cloud.tencent.com/document/api/213/30654, with the key that is shown there."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'

    signed = tencent_authorization(
        {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"},
        body,
        secret_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        secret_key="Gu5t9xGARNpq86cd98joQYCN3EXAMPLE",
        service="cvm",
        at=datetime.fromtimestamp(1551113065, UTC),
    )

    assert signed == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_aliyuns_published_example() -> None:
    """RunInstances of the V3 signature page (help.aliyun.com, V3版本请求体&签名机制)."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}

    signed = aliyun_authorization(query, headers, key_id="YourAccessKeyId", key_secret="YourAccessKeySecret")

    assert signed == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_what_is_signed_is_encoded_as_rfc_3986_wants_it() -> None:
    assert aliyun_query({"b": "a b*~+/", "A": "中"}) == "A=%E4%B8%AD&b=a%20b%2A~%2B%2F"
