// Streamlit takes a chart away to draw a changed one, and for a moment there is nothing. Until the new one is drawn,
// a picture of the last stands in its place.
(() => {
  if (window.chartsStay) return;
  window.chartsStay = true;
  // A chart's element, and a picture of it: Plotly has often emptied a chart before we hear that it was taken away.
  const pictures = new WeakMap();
  const waiting = new Map(); // a new chart's element, and the picture that covers it, where there was one before it

  const chart = element => element.querySelector('.stPlotlyChart:not(.last-picture)');
  const key = element => [...element.classList].find(name => name.startsWith('st-key-'));
  const isChart = node => node.matches?.('.stElementContainer') && key(node) && chart(node);
  const plot = element => chart(element)?.firstElementChild;
  // Plotly draws it first, and Streamlit shows it some frames later, once it has given it its width.
  const isShown = element => plot(element)?.querySelector('.main-svg') && plot(element).style.visibility !== 'hidden';

  function picture(element) {
    const drawn = chart(element).cloneNode(true);
    drawn.classList.add('last-picture');
    for (const name of ['data-testid', 'role', 'aria-label']) drawn.removeAttribute(name);
    drawn.setAttribute('aria-hidden', 'true');
    return drawn;
  }

  // Of the chart before it in the same place: that was taken away, or is still there and hidden. One of a moving run is
  // no chart of Plotly's, see light_chart.py, and has no key.
  function before(element, records) {
    const place = element.parentElement;
    const gone = records.filter(({ target }) => target === place).flatMap(({ removedNodes }) => [...removedNodes]);
    const last = [...gone, ...place.children].filter(other => other !== element && isChart(other));
    const kept = last
      .filter(other => key(other) === key(element))
      .map(other => waiting.get(other) ?? pictures.get(other))
      .find(Boolean);
    return kept ?? light(gone);
  }

  // Streamlit fetches Plotly when it is first needed, which takes seconds.
  function light(gone) {
    const drawn = gone.map(node => node.querySelector?.('.light-chart')).find(Boolean);
    if (drawn) drawn.classList.add('last-picture');
    return drawn;
  }

  const observer = new MutationObserver(records => {
    const added = records.flatMap(({ addedNodes }) => [...addedNodes]);
    for (const element of added.filter(node => node.matches?.('.stElementContainer') && key(node))) {
      if (!element.isConnected || waiting.has(element)) continue;
      const last = before(element, records);
      if (!last && !isChart(element)) continue;
      if (last) element.append(last);
      waiting.set(element, last);
    }
    for (const [element, last] of waiting) {
      if (element.isConnected && !isShown(element)) {
        if (plot(element)) observer.observe(plot(element), { attributes: true, attributeFilter: ['style'] });
        continue;
      }
      waiting.delete(element);
      if (last?.parentElement === element) last.remove();
      if (element.isConnected) pictures.set(element, picture(element));
    }
  });
  observer.observe(document.body, { childList: true, subtree: true });
})();
