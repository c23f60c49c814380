// Streamlit takes a chart away to draw a changed one, and for a moment there is nothing. Until the new one is drawn,
// a picture of the last stands in its place.
(() => {
  if (window.chartsStay) return;
  window.chartsStay = true;
  const waiting = new Map(); // a new chart's element, and the picture that covers it

  const chart = element => element.querySelector('.stPlotlyChart:not(.last-picture)');
  const key = element => [...element.classList].find(name => name.startsWith('st-key-'));
  const isChart = node => node.matches?.('.stElementContainer') && key(node) && chart(node);

  function picture(element) {
    const drawn = waiting.get(element) ?? (chart(element).querySelector('.main-svg') && chart(element).cloneNode(true));
    if (!drawn) return null;
    drawn.classList.add('last-picture');
    for (const name of ['data-testid', 'role', 'aria-label']) drawn.removeAttribute(name);
    drawn.setAttribute('aria-hidden', 'true');
    return drawn;
  }

  // Of the chart before it in the same place: that was taken away, or is still there and hidden.
  function before(element, records) {
    const place = element.parentElement;
    const gone = records.filter(({ target }) => target === place).flatMap(({ removedNodes }) => [...removedNodes]);
    const last = [...gone, ...place.children].filter(other => other !== element && isChart(other));
    return last.filter(other => key(other) === key(element)).map(picture).find(Boolean);
  }

  new MutationObserver(records => {
    for (const element of records.flatMap(({ addedNodes }) => [...addedNodes]).filter(isChart)) {
      if (!element.isConnected || waiting.has(element) || chart(element).querySelector('.main-svg')) continue;
      const last = before(element, records);
      if (!last) continue;
      element.append(last);
      waiting.set(element, last);
    }
    for (const [element, last] of waiting) {
      if (element.isConnected && !chart(element)?.querySelector('.main-svg')) continue;
      if (last.parentElement === element) last.remove();
      waiting.delete(element);
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
