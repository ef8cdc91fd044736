// Parts that Gradio makes, brought to the ways of the page.
(() => {
  // A list opens by a click, an arrow or what is typed, and what is typed takes the place of what is chosen. Gradio
  // opens it whenever the focus passes, on the way out as well.
  const isList = element => element.matches?.('input[role="combobox"]');
  let tabbed = false;
  // The list that knows of its focus. One that does not shall not hear that it is over: it would tell of a choice.
  let told = null;
  document.addEventListener('keydown', event => {
    tabbed = event.key === 'Tab';
    if (!isList(event.target)) return;
    if (tabbed) event.stopImmediatePropagation();
    else if (event.key !== 'Shift') told = event.target;
  }, true);
  document.addEventListener('pointerdown', event => {
    tabbed = false;
    // It may have the focus by a Tab, which was kept from it: a click on it shall tell it, or nothing would open.
    const list = isList(event.target) && event.target === document.activeElement ? event.target : null;
    if (list && told !== list) list.dispatchEvent(new FocusEvent('focus'));
  }, true);
  document.addEventListener('focus', event => {
    if (!isList(event.target)) return;
    if (tabbed) event.stopImmediatePropagation();
    else told = event.target;
  }, true);
  document.addEventListener('blur', event => {
    if (!isList(event.target)) return;
    if (told !== event.target) event.stopImmediatePropagation();
    told = null;
  }, true);
  document.addEventListener('click', event => { if (isList(event.target)) event.target.select(); });

  // What Gradio makes by itself: its words for a server that is away, fields to search in that do not say so, and boxes
  // that scroll but take no focus. And where this server is, which only the browser knows.
  new MutationObserver(() => {
    for (const place of document.querySelectorAll('.ag-address')) {
      if (place.textContent !== window.amgan.address('')) place.textContent = window.amgan.address('');
    }
    for (const box of document.querySelectorAll('.ag-card :is(pre, table):not([tabindex])')) box.tabIndex = 0;
    const { away, search } = document.querySelector('.ag-said')?.dataset ?? {};
    for (const field of document.querySelectorAll('.ag-search input')) {
      if (search && field.placeholder !== search) field.placeholder = search;
    }
    for (const text of document.querySelectorAll('[data-testid="toast-text"]')) {
      if (/connection|server|fetch|接続/i.test(text.textContent) && away && text.textContent !== away) text.textContent = away;
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  // The number beside a slider counts when it is left; Enter should do as well.
  document.addEventListener('keydown', event => {
    if (event.key === 'Enter' && event.target.matches('input[type="number"]')) event.target.blur();
  });
})();
