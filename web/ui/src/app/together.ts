// Answers news with work, however much news there is: what comes close together is one piece of work, a second one begins when the
// first has ended, and the longer it takes the more rarely it is done. News never puts off what is planned: a flood that does not
// end would put it off for ever.
const kShare = 3; // of the time, one part is work and so many are rest, while news keeps coming
const kRestMostMs = 5000;

export interface Together { tell: () => void; stop: () => boolean } // stop: whether news has not been answered

export function together(work: () => Promise<unknown>, ms: number): Together {
  let timer: ReturnType<typeof setTimeout> | 0 = 0;
  let isRunning = false;
  let isTold = false; // while it was running
  let isStopped = false;
  const plan = (after: number) => { timer = setTimeout(() => void run(), after); };
  const run = async () => {
    timer = 0;
    isRunning = true;
    const since = performance.now();
    await work().catch(() => {}); // who asks for it shows it
    isRunning = false;
    if (!isTold || isStopped) return;
    isTold = false;
    plan(Math.max(ms, Math.min((performance.now() - since) * kShare, kRestMostMs)));
  };
  return {
    tell: () => {
      if (isStopped || timer) return;
      if (isRunning) isTold = true;
      else plan(ms);
    },
    stop: () => {
      const isDue = timer !== 0 || isTold;
      isStopped = true;
      clearTimeout(timer);
      return isDue;
    },
  };
}
