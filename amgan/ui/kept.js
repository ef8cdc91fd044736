// Pictures that one has kept: a list of the links to them, in this browser only.
(() => {
  const { amgan } = window;
  const LIST = 'kept';
  const MOST = 60;
  // The list of a link that was opened, until another tab is looked at.
  let brought = null;

  const lineOf = query => query.replace(/^\?/, '');
  const own = () => JSON.parse(amgan.remembered(LIST, MOST)).filter(line => typeof line === 'string');
  const linked = () => {
    const asked = new URLSearchParams(location.search);
    return asked.get('tab') === LIST ? asked.get('pictures') : null;
  };
  brought = linked();

  // What the tab shows: the links, a line each, newest first.
  amgan.kept = () => brought ?? own().join('\n');

  function keep(lines) {
    const news = lines.filter(line => line && !own().includes(line));
    if (own().length + news.length > MOST) {
      amgan.say(() => document.querySelector('[data-ag="keep"]').dataset.full);
      return false;
    }
    for (const line of news.reverse()) amgan.add(LIST, JSON.stringify(line));
    return true;
  }

  function mark() {
    const lines = new Set(own());
    for (const tile of document.querySelectorAll('.ag-tile')) {
      tile.toggleAttribute('data-kept', lines.has(lineOf(tile.dataset.query)));
    }
    const dialog = document.querySelector('.ag-viewer');
    const isKept = lines.has(lineOf(dialog?.dataset.query ?? ''));
    dialog?.querySelector('[data-ag="keep"]')?.setAttribute('aria-pressed', isKept);
    const all = document.querySelector('[data-ag="keep-all"]');
    if (all) all.hidden = !brought || brought.split('\n').every(line => lines.has(line));
  }

  // Where the list is looked at it is drawn anew.
  function changed() {
    mark();
    if (amgan.tab === LIST) document.dispatchEvent(new Event('amgan-kept'));
  }

  document.addEventListener('click', event => {
    const button = event.target.closest('[data-ag="keep"], [data-ag="keep-all"]');
    if (!button) return;
    if (button.dataset.ag === 'keep-all') {
      if (keep(brought.split('\n'))) brought = null;
      return changed();
    }
    const line = lineOf(button.closest('.ag-viewer').dataset.query);
    if (own().includes(line)) amgan.forget(LIST, [line]);
    else keep([line]);
    if (brought === null) changed();
    else mark();
  });

  document.addEventListener('amgan-front', () => { if (amgan.tab !== LIST) brought = null; });
  addEventListener('popstate', () => { brought = linked(); });
  addEventListener('storage', mark);
  document.addEventListener('amgan-opened', mark);
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      mark();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
