// The stream of answers to what the page asks. Gradio's client closes it when the server says that nothing is asked any
// more, also where it has asked again before it heard of that, and then waits for that answer for ever. The server lets a
// moment pass before it says so, but a busy browser may need longer. Here the stream stays open to the client; underneath
// it is asked for anew whenever an answer is to come.
(() => {
  const { fetch } = window;
  const HEAD = /^data: ?\{"msg":"(\w+)"(?:,"event_id":"(\w+)")?/;
  // Events whose answers are to come, and those whose answers were here before the server's word that it took them.
  const open = new Set();
  const early = new Set();
  let asked = () => {};

  window.fetch = async (...given) => {
    const { pathname } = new URL(given[0].url ?? given[0], location);
    const answer = await fetch(...given);
    if (answer.ok && pathname.endsWith('/queue/data')) return new Response(lasting(given, answer), answer);
    if (answer.ok && pathname.endsWith('/queue/join')) take((await answer.clone().json()).event_id);
    return answer;
  };

  function take(event) {
    if (early.delete(event)) return;
    open.add(event);
    asked();
  }

  function lasting(given, first) {
    return new ReadableStream({
      async start(controller) {
        try {
          for (let answer = first; ; answer = await fetch(...given)) {
            if (!answer.ok) throw new Error(answer.statusText);
            await pass(answer.body, controller);
            if (!open.size) await new Promise(resolve => { asked = resolve; });
          }
        } catch (error) {
          // The client tells each of them.
          open.clear();
          controller.error(error);
        }
      },
    });
  }

  // Pass on the messages of one stream, until the server closes it.
  async function pass(body, controller) {
    const [reader, decoder, encoder] = [body.getReader(), new TextDecoder(), new TextEncoder()];
    for (let rest = ''; ;) {
      const { done, value } = await reader.read();
      if (done && open.size) throw new Error('the stream broke off');
      if (done) return;
      const messages = (rest + decoder.decode(value, { stream: true })).split('\n\n');
      rest = messages.pop();
      for (const message of messages) {
        const [, kind, event] = message.match(HEAD) ?? [];
        if (kind === 'close_stream') return;
        if (kind === 'process_completed' && !open.delete(event)) early.add(event);
        if (kind === 'unexpected_error') open.clear();  // it is told of all of them
        controller.enqueue(encoder.encode(`${message}\n\n`));
      }
    }
  }
})();
