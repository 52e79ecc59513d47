"""The catalogues of `rytmi explain` by the codes of their languages."""

from streams.explain.words_en import ENGLISH
from streams.explain.words_fi import FINNISH

LANGUAGES = {language.locale.code: language for language in (ENGLISH, FINNISH)}
