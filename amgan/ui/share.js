// What is shown, sent on: as a link, to another app together with the picture itself, or as a line for a page of one's own.
(() => {
  const { amgan } = window;
  let sent = null;

  const isOpen = () => document.querySelector('.ag-share[open]');
  const escaped = text => text.replace(/[&"<>]/g, char => `&#${char.charCodeAt(0)};`);

  // A link's picture is drawn by the server; where it cannot, the page's head names none.
  const pictureOf = (query, suffix) => document.querySelector('meta[property="og:image"]')
    && new URL(`share/preview.${suffix}${query}`, amgan.address('')).href;

  function shown(button) {
    const viewer = button.closest('.ag-viewer');
    const query = amgan.queryOf(viewer);
    const link = amgan.address(query);
    if (new URLSearchParams(query).get('tab') === 'interpolate') {
      const { src, alt } = document.querySelector('.ag-animation');
      return { link, alt, picture: pictureOf(query, 'webp'), file: src, name: 'morph.webp' };
    }
    const picture = pictureOf(query, 'png');
    const { alt } = viewer?.querySelector('img') ?? { alt: document.querySelector('.ag-sheet-place .ag-sheet').ariaLabel };
    return { link, alt, picture, file: picture, name: viewer?.querySelector('[download]').download ?? 'pictures.png' };
  }

  // It is fetched before anybody asks for it: browsers share only at once after a click.
  async function fetched({ file, name }) {
    try {
      const answer = await fetch(file);
      if (!answer.ok) return [];
      const content = await answer.blob();
      const files = [new File([content], name, { type: content.type })];
      return navigator.canShare?.({ files }) ? files : [];
    } catch {
      return [];
    }
  }

  function open(button) {
    const dialog = document.querySelector('.ag-share');
    sent = { ...shown(button), files: [] };
    const { link, alt, picture } = sent;
    const fill = (field, text) => {
      const box = dialog.querySelector(`[data-ag-field="${field}"]`);
      box.hidden = !text;
      box.querySelector('textarea').value = text;
    };
    dialog.querySelector('[data-ag-text]').textContent = alt;
    fill('link', link);
    fill('embed', picture && `<a href="${escaped(link)}"><img src="${escaped(picture)}" alt="${escaped(alt)}"></a>`);
    const send = dialog.querySelector('[data-ag="send"]');
    send.hidden = !navigator.share;
    dialog.showModal();
    if (send.hidden || !sent.file) return;
    const one = sent;
    send.setAttribute('aria-busy', 'true');
    fetched(one).then(files => {
      one.files = files;
      if (one === sent) send.removeAttribute('aria-busy');
    });
  }

  async function send() {
    const { link, alt, files } = sent;
    try {
      await navigator.share({ title: alt, url: link, ...(files.length ? { files } : {}) });
    } catch {
      // Whoever changes their mind has not failed; the link stands there still.
    }
  }

  document.addEventListener('click', async event => {
    const dialog = event.target.closest('.ag-share');
    const button = event.target.closest('[data-ag]');
    if (button?.dataset.ag === 'share') return open(button);
    if (!dialog) return;
    if (event.target === dialog || button?.dataset.ag === 'close') return dialog.close();
    if (button?.dataset.ag === 'send') return send();
    if (button?.dataset.ag === 'copy-field') {
      await amgan.copy(button.parentElement.querySelector('textarea').value);
      amgan.done(button);
    }
  });
  document.addEventListener('focusin', event => { if (event.target.matches('.ag-share textarea')) event.target.select(); });
  addEventListener('popstate', () => isOpen()?.close());
})();
