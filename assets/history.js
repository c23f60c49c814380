// Streamlit tells the browser of a new page and of its query in two messages. Where the second is obeyed first, the new
// page's query becomes an entry of the old page, and "back" leads to an address that nobody has seen. That entry is
// given to the new page: of one click there are no two entries with the same query.
(() => {
  if (window.historyIsClean) return;
  window.historyIsClean = true;
  const push = history.pushState;
  let own = false; // whether the present entry was made since the last click, key or way back

  for (const kind of ['pointerdown', 'keydown', 'popstate']) {
    addEventListener(kind, () => { own = false; }, true);
  }
  history.pushState = function (state, title, address) {
    const to = new URL(address ?? location.href, location.href);
    const misplaced = own && to.search && to.search === location.search && to.pathname !== location.pathname;
    own = true;
    (misplaced ? history.replaceState : push).call(history, state, title, address);
  };
})();
