"""What screen readers call the small buttons of a panel: all menus and helps would be called alike. Streamlit gives them no
names of their own, so the page's script does, by the title of their panel."""

from __future__ import annotations

# Written into the app's page, where the policy of scripts knows it by its hash. An icon beside words is not read aloud.
SCRIPT = b"""(() => {
  let due = false;
  const call = (button, name) => {
    if (button && button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
  };
  const names = () => {
    due = false;
    for (const tile of document.querySelectorAll('[class*="st-key-tile-"]')) {
      const title = tile.querySelector("h3")?.innerText.trim();
      if (!title) continue;
      call(tile.querySelector('[data-testid="stPopoverButton"]'), `Menu of: ${title}`);
      call(tile.querySelector('[data-testid="stHeading"] [data-testid="stTooltipIcon"] button'), `Help for: ${title}`);
    }
    for (const icon of document.querySelectorAll('[data-testid="stIconMaterial"]:not([aria-hidden])')) {
      const around = icon.closest("button, a, h1, h2, h3, summary, label");
      if (around && around.innerText.trim() !== icon.innerText.trim()) icon.setAttribute("aria-hidden", "true");
    }
  };
  new MutationObserver(() => { if (!due) { due = true; setTimeout(names, 100); } })
    .observe(document, { childList: true, subtree: true });
})();"""
