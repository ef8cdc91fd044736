// What is asked of the server and what it answers.

const MOST_ANSWER_SECONDS = 30;

// Votes of one reviewer under one name: { status, ids, retryAfter }; status 0 stands for no connection.
export async function sendVotes(base, batch) {
  const { reviewer: id, name } = batch[0];
  const body = {
    reviewer: id,
    name,
    votes: batch.map(({ id: vote, item, verdict, comment }) => ({ id: vote, item, verdict, comment })),
  };
  // A connection that is dead without anybody being told would keep back all votes that follow.
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), MOST_ANSWER_SECONDS * 1000);
  try {
    const answer = await fetch(`${base}/votes`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      keepalive: true, // it goes on when the page is closed
      signal: patience.signal,
    });
    const ids = answer.ok ? (await answer.json()).acknowledged : [];
    return { status: answer.status, ids, retryAfter: Number(answer.headers.get("Retry-After")) || 0 };
  } catch {
    return { status: 0, ids: [], retryAfter: 0 };
  } finally {
    clearTimeout(timer);
  }
}

// The review as its reviewer sees it, or null if there is none.
export async function fetchState(base, reviewer) {
  const answer = await fetch(`${base}/state?reviewer=${reviewer}&lang=${document.documentElement.lang}`);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`state: ${answer.status}`);
  return answer.json();
}
