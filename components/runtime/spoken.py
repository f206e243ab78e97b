"""The small buttons of a panel: what screen readers call them, and that nothing lies on them. Streamlit calls all menus and
helps alike, so the page's script gives them names, by the title of their panel."""

from __future__ import annotations

# Written into the app's page, where the policy of scripts knows it by its hash. Neither an icon beside words nor the sign that
# keeps a word from being markup is read aloud.
SCRIPT = b"""(() => {
  let due = false;
  const call = (button, name) => {
    if (button && name && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  };
  const names = () => {
    due = false;
    for (const tile of document.querySelectorAll('[class*="st-key-tile-"]')) {
      const head = tile.querySelector("h3")?.cloneNode(true);
      for (const icon of head?.querySelectorAll('[role="img"], [data-testid="stIconMaterial"]') ?? []) icon.remove();
      const title = head?.textContent.trim();
      if (!title) continue;
      for (const menu of tile.querySelectorAll('[data-testid="stPopoverButton"]')) call(menu, `Menu of: ${title}`);
      call(tile.querySelector('[data-testid="stHeading"] [data-testid="stTooltipIcon"] button'), `Help for: ${title}`);
    }
    for (const one of document.querySelectorAll('[data-testid="stTooltipIcon"] button, input[aria-label]'))
      call(one, one.getAttribute("aria-label")?.replaceAll("\\\\", ""));
    for (const icon of document.querySelectorAll('[data-testid="stIconMaterial"]:not([aria-hidden])')) {
      const around = icon.closest("button, a, h1, h2, h3, summary, label");
      if (around && around.innerText.trim() !== icon.innerText.trim()) icon.setAttribute("aria-hidden", "true");
    }
    for (const code of document.querySelectorAll('[data-testid="stCode"] pre:not([tabindex])')) code.tabIndex = 0;
  };
  new MutationObserver(() => { if (!due) { due = true; setTimeout(names, 100); } })
    .observe(document, { childList: true, subtree: true });
})();"""
# The bar of a table that is pointed at begins below the menu of its panel: its own margin would lie on it.
STYLE = b"""[data-testid="stElementToolbar"]{padding-top:0!important;margin-top:0.75rem}"""
