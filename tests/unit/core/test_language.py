import pytest

from cradlemark.core.language import Text, joined


def test_a_missing_language_falls_back_to_the_other() -> None:
    assert Text(en="copper")["zh"] == "copper"
    assert Text(zh="铜")["en"] == "铜"


def test_a_text_is_asked_by_language_only() -> None:
    # Python's fallback would try Text[0], Text[1], ... without end.
    with pytest.raises(TypeError):
        assert "copper" in Text(en="copper")  # type: ignore[operator]
    with pytest.raises(TypeError):
        list(Text(en="copper"))  # type: ignore[call-overload]


def test_places_are_filled_with_the_words_of_each_language() -> None:
    reason = Text("it is late", "已经晚了")
    told = Text("{who}: {reason}", "{who}：{reason}").format(who="Li", reason=reason)
    assert told == Text("Li: it is late", "Li：已经晚了")


def test_a_text_is_english_where_no_language_is_asked_for() -> None:
    assert str(Text("copper", "铜")) == "copper"
    assert f"{Text(zh='铜')}" == "铜"


def test_texts_one_behind_the_other() -> None:
    assert joined([Text("one", "一"), Text("only English")]) == Text("one; only English", "一；only English")
    assert not joined([])
