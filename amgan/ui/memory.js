// What this browser has made, newest first: ids of "jobs", pairs of id and key of "reviews", links to what is "kept". A
// list is read again for each change, as another window may have made more.
(() => {
  // Without the browser's storage they are forgotten with the page.
  const lost = {};

  function read(list) {
    const name = `amgan-${list}`;
    try {
      const items = JSON.parse(lost[name] ?? localStorage.getItem(name));
      return Array.isArray(items) ? items : [];
    } catch {
      return [];
    }
  }

  function write(list, items) {
    const [name, text] = [`amgan-${list}`, JSON.stringify(items)];
    try {
      localStorage.setItem(name, text);
      delete lost[name];
    } catch {
      lost[name] = text;
    }
  }

  const idOf = item => (Array.isArray(item) ? item[0] : item);
  const without = (list, ids) => read(list).filter(item => !ids.includes(idOf(item)));

  Object.assign(window.amgan, {
    // The newest, as JSON.
    remembered: (list, most) => JSON.stringify(read(list).slice(0, most)),

    // One more, as JSON.
    add(list, text) {
      if (!text) return;
      const item = JSON.parse(text);
      write(list, [item, ...without(list, [idOf(item)])]);
    },

    forget: (list, ids) => write(list, without(list, ids)),
  });
})();
