"""How a page uses the width of its window: below 1,100 pixels one thing stands below the other, above 1,700 two panels stand
side by side. The server does not know how wide a window is, so the browser's style sheet says it."""

from __future__ import annotations

STYLE = b"""
.stApp [data-testid="stMainBlockContainer"] { padding-left: clamp(1rem, 2vw, 3rem); padding-right: clamp(1rem, 2vw, 3rem) }
/* Choices that do not fit into one line take two, instead of being reached by scrolling. */
.stApp [data-testid="stButtonGroup"] > div { flex-wrap: wrap; overflow: visible; row-gap: 0.25rem }
/* The menu of a panel stands beside its title. */
[class*="st-key-tile-"] { position: relative }
[class*="st-key-tile-"] > :first-child { min-height: 2.5rem; padding-right: 2rem; justify-content: center }
[class*="st-key-tile-"] > [class*="-menu "]:has(> [data-testid="stPopover"]) {
  position: absolute; top: 1rem; right: 1rem; width: auto }
/* A table in what opens over the page has room for its columns. */
[data-testid="stPopoverBody"]:has([data-testid="stDataFrame"]) { min-width: min(44rem, 94vw) }
/* What Streamlit makes of the theme's colour for white words, and for the button of an open menu, has too little contrast
   in the dark. */
button[kind^="primary"]:not(:disabled) { background-color: #2563EB; border-color: #2563EB }
button[kind^="primary"]:not(:disabled):hover { background-color: #1D4ED8; border-color: #1D4ED8 }
button[kind="tertiary"]:is(:active, [aria-expanded="true"]) { color: inherit }
/* So have its colours of SQL, in the light: words of the language are told by their weight. */
[data-testid="stCode"] code .token.token.token { color: inherit }
[data-testid="stCode"] code .token.keyword { font-weight: 600 }
/* So has the small print, of which Streamlit lets six tenths be seen, where it says that figures are old. */
.stApp [data-testid="stCaptionContainer"]:has(.stMarkdownBadge) { opacity: 1 }
@media (max-width: 1100px) {
  .st-key-filters-days button { padding-left: 0.5rem; padding-right: 0.5rem }
  .stApp [data-testid="stColumn"] { min-width: calc(100% - 1.5rem) }
  /* With a card open the list is away: its keys lead on, and back to it. */
  .st-key-inbox-beside [class*="st-key-inbox-list-"] { display: none }
}
@media (max-width: 1500px) {
  /* A table of many columns has the width for itself. */
  [data-testid="stHorizontalBlock"]:has([class*="st-key-tile-"] :is([aria-colcount="5"], [aria-colcount="6"],
    [aria-colcount="7"], [aria-colcount="8"], [aria-colcount="9"]))
    > [data-testid="stColumn"]:has([class*="st-key-tile-"]):not(:has(.st-key-inbox-card)) { min-width: calc(100% - 1.5rem) }
}
@media (min-width: 1400px) {
  /* What is chosen is said in two lines, so that the filters stand in one row with their page's title. */
  .stHorizontalBlock:has(> .st-key-filters-drawer) > .stElementContainer:has(> .stMarkdown) { max-width: 12rem }
}
/* Panels without a row of figures or a table of many columns stand two in a row; one that is left over takes the whole. */
@media (min-width: 1700px) {
  .stApp [data-testid="stVerticalBlock"]:has(> * > [class*="st-key-tile-"]) { flex-flow: row wrap }
  .stApp [data-testid="stVerticalBlock"]:has(> * > [class*="st-key-tile-"]) > * { flex: 1 1 100% }
  .stApp [data-testid="stVerticalBlock"]
    > :has(> [class*="st-key-tile-"]):not(:has([data-testid="stMetric"], [aria-colcount="6"], [aria-colcount="7"], [aria-colcount="8"],
      [aria-colcount="9"], [aria-colcount^="1"]:not([aria-colcount="1"]))) { flex: 1 1 40%; align-self: stretch }
  .stElementContainer > .stDownloadButton > [kind="tertiary"] { width: auto }
  /* What a line of the Overview says has one line of words. */
  [class*="st-key-health-"] > .stElementContainer:has(.stMarkdown [data-testid="stCaptionContainer"]) { flex-basis: 32rem }
  [class*="st-key-health-"] .stMarkdown:has([data-testid="stCaptionContainer"]) { width: auto }
}
"""
