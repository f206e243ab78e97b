// What a page looks like, measured in the browser. Pixels; `slack` of them are forgiven.
([words, touched, slack]) => {
    const style = one => getComputedStyle(one);
    const seen = one => {
        const box = one.getBoundingClientRect();
        return one.checkVisibility({opacityProperty: true, visibilityProperty: true}) && box.width > 1 && box.height > 1
            && one.closest('[aria-hidden="true"], [inert]') === null;
    };
    const said = one => (one.innerText || one.getAttribute('aria-label') || one.textContent || one.tagName)
        .trim().replace(/\s+/g, ' ').slice(0, 60);
    const named = one => {
        const tile = one.closest('[class*="st-key-"]');
        const key = tile && [...tile.classList].find(name => name.startsWith('st-key-'));
        return `${key ? key.slice(7) + ': ' : ''}${said(one)}`;
    };
    const within = (box, place) => box.left >= place.left - slack && box.right <= place.right + slack
        && box.top >= place.top - slack && box.bottom <= place.bottom + slack;
    const shared = (a, b) => [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
    const meet = (a, b) => ({left: Math.max(a.left, b.left), right: Math.min(a.right, b.right),
                             top: Math.max(a.top, b.top), bottom: Math.min(a.bottom, b.bottom)});
    const main = document.querySelector('[data-testid="stMain"]') || document.body;
    // What lies over the page hides what is below: then it alone is looked at.
    const top = [...document.querySelectorAll('[data-testid="stPopoverBody"], [role="dialog"]')].filter(seen).pop() || main;
    const root = document.scrollingElement;

    const cut = [...document.querySelectorAll(words)].filter(seen).filter(one => [one, ...one.querySelectorAll('*')].some(
        part => seen(part) && part.scrollWidth > part.clientWidth + slack && part.clientWidth > 0
            && ['hidden', 'clip'].includes(style(part).overflowX))).map(said);

    const boxes = [...top.querySelectorAll(touched)].filter(seen)
        .filter(one => one.closest('[data-testid="stElementToolbar"], .modebar') === null)
        .map(one => [one, one.getBoundingClientRect()]);
    const upon = [];
    boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
        const [wide, high] = shared(a, b);
        if (wide > slack && high > slack && !one.contains(other) && !other.contains(one)) upon.push(`${said(one)} / ${said(other)}`);
    }));

    // Where each text is drawn, as far as what holds it lets it be seen; words are broken where one stands on two lines.
    const view = one => {
        let place = {left: -1e6, right: 1e6, top: -1e6, bottom: 1e6};
        for (let at = one; at && at !== main; at = at.parentElement) {
            const {overflowX, overflowY} = style(at), box = at.getBoundingClientRect();
            if (overflowX !== 'visible' && !(at instanceof SVGElement)) place = meet(place, {...place, left: box.left, right: box.right});
            if (overflowY !== 'visible' && !(at instanceof SVGElement)) place = meet(place, {...place, top: box.top, bottom: box.bottom});
        }
        return place;
    };
    const turned = one => one instanceof SVGElement && Math.min(Math.abs(one.getScreenCTM().b), Math.abs(one.getScreenCTM().a)) > 0.01;
    const lines = [], broken = [];
    const walker = document.createTreeWalker(top, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement;
        if (!node.data.trim() || !seen(holder) || holder.closest('canvas, style, script, option') || turned(holder)) continue;
        const range = document.createRange(), place = view(holder);
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) {
            const shown = meet(box, place);
            if (shown.right - shown.left > slack && shown.bottom - shown.top > slack) lines.push([holder, shown]);
        }
        if (holder instanceof SVGElement || holder.closest('code, pre, [data-testid="stIconMaterial"]')) continue;
        for (const word of node.data.matchAll(/[\p{L}\p{N}]{2,}/gu)) {
            range.setStart(node, word.index); range.setEnd(node, word.index + word[0].length);
            const tops = [...range.getClientRects()].filter(box => box.width > 1).map(box => Math.round(box.top));
            if (new Set(tops).size > 1) broken.push(`${word[0]} in ${named(holder)}`);
        }
    }
    lines.sort((a, b) => a[1].top - b[1].top);
    const written = [];
    lines.forEach(([one, a], place) => {
        for (let next = place + 1; next < lines.length && lines[next][1].top < a.bottom - slack; next += 1) {
            const [other, b] = lines[next], [wide, high] = shared(a, b);
            if (one !== other && wide > slack && high > 2 * slack) written.push(`${named(one)} / ${said(other)}`);
        }
    });

    // In a figure every label stands whole: within the picture, and within the plot where that cuts it.
    const clip = one => {
        const cutting = one.closest('[clip-path]'), name = cutting?.getAttribute('clip-path').match(/#([^"')]+)/)?.[1];
        const shape = name && document.getElementById(name)?.querySelector('rect'), ctm = cutting?.getScreenCTM();
        if (!shape || !ctm) return null;
        const [x, y] = [ctm.e + ctm.a * shape.x.baseVal.value, ctm.f + ctm.d * shape.y.baseVal.value];
        return {left: x, top: y, right: x + ctm.a * shape.width.baseVal.value, bottom: y + ctm.d * shape.height.baseVal.value};
    };
    const lost = [...top.querySelectorAll('.js-plotly-plot text')].filter(seen).filter(one => one.textContent.trim()).filter(one => {
        const box = one.getBoundingClientRect(), frame = one.closest('.js-plotly-plot').getBoundingClientRect(), plot = clip(one);
        return !within(box, frame) || (plot && !within(box, plot));
    }).map(named);

    // A table is reached when it, and so its last column, lies where the window shows it.
    const far = [...top.querySelectorAll('[data-testid="stDataFrame"], [data-testid="stTable"]')].filter(seen).filter(one => {
        const box = one.getBoundingClientRect(), place = view(one.parentElement);
        return box.right > Math.min(place.right, root.clientWidth) + slack || box.left < Math.max(place.left, 0) - slack;
    }).map(named);
    const aside = [...top.querySelectorAll('.dvn-scroller')].filter(seen)
        .filter(one => one.scrollWidth > one.clientWidth + slack)
        .map(one => `${named(one).split(':')[0]} ${one.clientWidth}<${one.scrollWidth}`);

    return {
        sideways: root.scrollWidth > root.clientWidth + slack || main.scrollWidth > main.clientWidth + slack,
        cut: [...new Set(cut)].filter(Boolean), upon: [...new Set(upon)], broken: [...new Set(broken)],
        written: [...new Set(written)], lost: [...new Set(lost)], far: [...new Set(far)], aside: [...new Set(aside)],
    };
}
