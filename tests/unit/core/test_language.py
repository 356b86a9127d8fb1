import pytest

from cradlemark.core.language import Text


def test_a_missing_language_falls_back_to_the_other() -> None:
    assert Text(en="copper")["zh"] == "copper"
    assert Text(zh="铜")["en"] == "铜"


def test_a_text_is_asked_by_language_only() -> None:
    # Python's fallback would try Text[0], Text[1], ... without end.
    with pytest.raises(TypeError):
        assert "copper" in Text(en="copper")  # type: ignore[operator]
    with pytest.raises(TypeError):
        list(Text(en="copper"))  # type: ignore[call-overload]
