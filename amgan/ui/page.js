// What happens in the browser without asking the server: addresses, files, the viewer of one picture.
(() => {
  // Gradio's own words, and what it says of the page's language, go by the browser's; they shall go by the page's.
  const { lang } = document.documentElement;
  Object.defineProperty(navigator, 'language', { get: () => lang });
  Object.defineProperty(navigator, 'languages', { get: () => [lang] });

  const queries = {};
  const known = ['sample', 'interpolate', 'kept', 'batch', 'review', 'about'];
  const tabAsked = () => {
    const asked = new URLSearchParams(location.search).get('tab');
    return known.includes(asked) ? asked : 'sample';
  };
  // Of the address: the tab that it is of, once it is one of ours, whether it is being restored after Back, and whether
  // Back was pressed once more meanwhile.
  let written = null;
  let restoring = false;
  let goneOn = false;

  function addressOf(tab) {
    // Gradio's own settings, such as __theme, stay, and so does the language that was chosen.
    const own = [...new URLSearchParams(location.search)].filter(([key]) => key.startsWith('__') || key === 'lang');
    const rest = new URLSearchParams(own).toString();
    return queries[tab] && queries[tab] + (rest ? '&' + rest : '');
  }

  const amgan = {
    tab: tabAsked(),

    // The link to what a tab shows has changed.
    remember(tab, query) {
      if (tab === 'sample' && queries.sample) amgan.say(() => document.querySelector('.ag-sheet')?.ariaLabel);
      queries[tab] = query;
      if (tab === amgan.tab) amgan.show();
    },

    // Another tab is in front. Until the link has been opened that is only where Gradio starts.
    front(tab) {
      if (!Object.keys(queries).length) return;
      amgan.tab = tab;
      document.dispatchEvent(new Event('amgan-front'));
      amgan.show();
    },

    // Open a link within the page.
    go(query) {
      if (leaving) return leaving.then(() => amgan.go(query));
      history.pushState(null, '', location.pathname + query);
      restore();
    },

    // A new sheet, a new morph and another tab are steps, which Back goes back; what is typed into a form is none.
    show() {
      if (leaving) return leaving.then(amgan.show);
      const address = addressOf(amgan.tab);
      if (!address || restoring) return;
      const isStep = written && (written !== amgan.tab || ['sample', 'interpolate'].includes(amgan.tab));
      written = amgan.tab;
      if (address === location.search) return;
      if (isStep) history.pushState(null, '', location.pathname + address);
      else history.replaceState(history.state, '', location.pathname + address);
    },

    // What Back asked for is there, or could not be had.
    restored() {
      restoring = false;
      written = amgan.tab;
      if (goneOn) restore();
    },

    // Have something read out, once the page shows it.
    say(text) {
      setTimeout(() => { document.querySelector('.ag-said').textContent = text() || ''; }, 200);
    },

    // Put the focus, and with it the view, on something that has just come; the page may need a moment to show it.
    focus(selector) {
      setTimeout(() => document.querySelector(selector)?.focus(), 50);
    },

    // Save a file that the server has made.
    save(payload) {
      if (!payload) return;
      const { name, type, data } = JSON.parse(payload);
      const bytes = Uint8Array.from(atob(data), char => char.charCodeAt(0));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([bytes], { type }));
      link.download = name;
      document.body.append(link);
      link.click();
      link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    },
  };
  window.amgan = amgan;

  const address = query => location.origin + location.pathname + query;

  // The link to what a button speaks of: the picture in the viewer, or what the tab in front shows.
  const queryOf = dialog => (dialog ? dialog.dataset.query : queries[amgan.tab] || location.search);

  // Say on a button for a moment that it is done.
  function done(button) {
    const text = button.textContent;
    if (text === button.dataset.done) return;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = text; }, 2000);
  }

  Object.assign(amgan, { address, queryOf, copy, done });

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No clipboard on pages without https.
      const area = document.createElement('textarea');
      area.value = text;
      // What is below an open dialog takes no focus.
      ([...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body).append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
  }

  // Whether a picture's link is to the model, in the revision, whose pictures the sheet shows.
  function isShown(query) {
    const [own, shown] = [query, queries.sample ?? ''].map(text => new URLSearchParams(text));
    return ['model', 'rev'].every(key => own.get(key) === shown.get(key));
  }

  let opened = null;
  // While the browser goes back from the viewer, which takes it a moment, nothing else may be put into the history.
  let leaving = null;

  // Fill the viewer with the picture of a tile, which need not be on the page.
  function view(tile) {
    const dialog = document.querySelector('.ag-viewer');
    const image = dialog.querySelector('img');
    const source = tile.querySelector('img');
    image.src = source.src;
    image.alt = tile.dataset.alt;
    image.style.setProperty('--px', `${source.getAttribute('width')}px`);
    for (const part of dialog.querySelectorAll('[data-ag-text]')) {
      part.textContent = tile.dataset[part.dataset.agText] || '';
      part.hidden = !part.textContent;
    }
    for (const key of ['query', 'seed', 'label', 'truncation', 'base', 'moves']) dialog.dataset[key] = tile.dataset[key] ?? '';
    const link = dialog.querySelector('[data-ag="download"]');
    link.href = source.src;
    link.download = tile.dataset.file;
    // What acts on the model whose pictures the tabs show is for its pictures only.
    const ours = isShown(tile.dataset.query);
    for (const part of dialog.querySelectorAll('[data-ag="morph"], [data-ag="alike"], [data-ag="review"], [data-ag="sliders"]')) part.hidden = !ours;
    const own = dialog.querySelector('[data-ag="own"]');
    own.hidden = ours;
    own.href = address(tile.dataset.query);
    document.dispatchEvent(new Event('amgan-opened'));
  }

  amgan.view = view;

  function openViewer(tile) {
    const dialog = document.querySelector('.ag-viewer');
    if (!dialog) return;
    if (leaving) return leaving.then(() => openViewer(tile));
    opened = tile;
    view(tile);
    if (dialog.open) return;
    dialog.showModal();
    if (!history.state?.agViewer) history.pushState({ agViewer: true }, '');
  }

  // The viewer shows the picture before or after.
  function leaf(step) {
    const tile = step < 0 ? opened.previousElementSibling : opened.nextElementSibling;
    if (tile) openViewer(tile);
  }

  // Arrows and strokes over what can be set there are for that.
  const viewerOf = event => !event.target.matches?.('input, select') && event.target.closest?.('.ag-viewer[open]');

  document.addEventListener('keydown', event => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && viewerOf(event)) leaf(step);
  });

  let touched = null;
  document.addEventListener('touchstart', event => { touched = viewerOf(event) ? event.touches[0] : null; });
  document.addEventListener('touchend', event => {
    if (!touched || !viewerOf(event)) return;
    const { clientX, clientY } = event.changedTouches[0];
    const across = clientX - touched.clientX;
    if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(clientY - touched.clientY)) leaf(-Math.sign(across));
  });

  // Back closes the viewer, and who closes it otherwise need not go back twice.
  document.addEventListener('close', event => {
    if (!event.target.matches('.ag-viewer:not([open])')) return;
    opened?.focus();
    if (!history.state?.agViewer) return;
    leaving = new Promise(resolve => addEventListener('popstate', resolve, { once: true }));
    leaving.then(() => { leaving = null; });
    history.back();
  }, true);

  addEventListener('popstate', () => {
    if (leaving) return;
    document.querySelector('.ag-viewer[open]')?.close();
    const tab = tabAsked();
    if (!restoring && tab === amgan.tab && location.search === addressOf(tab)) return;
    restore();
  });

  // One after the other: the server is asked for the last address only, and once what is under way has come.
  function restore() {
    goneOn = restoring;
    if (restoring) return;
    amgan.tab = tabAsked();
    restoring = true;
    document.dispatchEvent(new Event('amgan-back'));
  }

  // The poster goes when there is what it stands for, or what is said in its place.
  const come = 'gradio-app :is(.ag-tile, .ag-message:not(:empty), [data-testid="toast-text"])';
  const waiting = new MutationObserver(() => {
    const poster = document.querySelector(come) && document.getElementById('ag-poster');
    if (!poster) return;
    poster.remove();
    waiting.disconnect();
  });
  waiting.observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener('click', async event => {
    const tile = event.target.closest('.ag-tile');
    if (tile) return openViewer(tile);
    const dialog = event.target.closest('.ag-viewer');
    if (dialog && event.target === dialog) return dialog.close();
    const button = event.target.closest('[data-ag]');
    if (!button) return;
    const action = button.dataset.ag;
    if (action === 'language') {
      // The same in another language.
      const there = new URLSearchParams(location.search);
      there.set('lang', button.lang);
      button.search = there;
    }
    if (action === 'skip') {
      const places = [...document.querySelectorAll('#new-pictures, #new-pair, #batch-start, #make-review, .ag-facts')];
      places.find(place => place.checkVisibility())?.focus();
    }
    if (dialog && ['close', 'morph', 'alike', 'review'].includes(action)) dialog.close();
    if (action === 'copy') {
      const { path } = button.dataset;
      await copy(path ? new URL(path, address('')).href : address(queryOf(dialog)));
      done(button);
    }
  });
})();
