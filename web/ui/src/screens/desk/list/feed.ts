// A list of tickets of any length, in pages by cursor. What has been loaded is kept in segments, one a page; each knows the cursor
// at its beginning, which is a place in the order rather than a number, so that a segment can be read again by itself. When
// tickets change, all segments are stale, and those that are looked at are read again: the others when they come into sight. Of segments
// far from what is looked at, only what their lines show is kept; they are stale too.
import { ApiError } from '@/api/http';
import type { Group, Organization, Person, Ticket } from '@/screens/desk/types';

export interface FeedPage { rows: Ticket[]; people?: Person[]; groups?: Group[]; organizations?: Organization[]; after: string; hasMore: boolean; count?: number | null; building?: number | null }
export interface Source { key: string; load: (after: string) => Promise<FeedPage> }
export interface FeedState { rows: Ticket[]; hasMore: boolean; count: number | null; building: number | null; problem: unknown; isFirst: boolean; isLoading: boolean }
interface Segment { start: string; end: string; rows: Ticket[]; isStale: boolean; isSlim?: boolean }

const kWaitsMax = 3;
const kFar = 2000; // rows from what is looked at
const kNoIds: never[] = [];

// A ticket as far as its line, and the group that it stands in, need it.
export const slim = (ticket: Ticket): Ticket => ({ ...ticket, description: '', raw_subject: '', url: '', recipient: null, fields: kNoIds, collaborator_ids: kNoIds, follower_ids: kNoIds, email_cc_ids: kNoIds, followup_ids: kNoIds });

// Waits and asks again when the server says that there were too many requests.
export async function patient<T>(work: () => Promise<T>): Promise<T> {
  for (let waited = 0; ; waited += 1) {
    try { return await work(); } catch (problem) {
      if (!(problem instanceof ApiError) || problem.status !== 429 || waited >= kWaitsMax) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 1000 * Math.min(Math.max(problem.retryAfter, 1), 10)));
    }
  }
}

export class Feed {
  readonly people = new Map<string, Person>();
  readonly groups = new Map<string, Group>();
  readonly organizations = new Map<string, Organization>();
  activeId: string | null = null; // where the agent is; kept for when he comes back
  scrollTop = 0;
  private segments: Segment[] = [];
  private known = new Set<string>();
  private order: string[] = [];
  private watchers = new Set<() => void>();
  private loading: Promise<void> | null = null;
  private touches = 0; // how often something has changed: a page that was asked for before is stale when it comes
  private readings = new Map<Segment, Promise<void>>();
  private state: FeedState = { rows: [], hasMore: true, count: null, building: null, problem: null, isFirst: true, isLoading: false };

  constructor(private readonly source: Source) {}

  get key() { return this.source.key; }
  readonly snapshot = () => this.state;
  readonly follow = (told: () => void) => {
    this.watchers.add(told);
    return () => { this.watchers.delete(told); };
  };
  ids(): string[] { return this.order; } // of the rows; not to be changed

  private set(change: Partial<FeedState>) {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }

  private learn(page: FeedPage) {
    for (const each of page.people ?? []) this.people.set(String(each.id), each);
    for (const each of page.groups ?? []) this.groups.set(String(each.id), each);
    for (const each of page.organizations ?? []) this.organizations.set(String(each.id), each);
  }

  // The next page; nothing where there is none.
  more(): Promise<void> {
    if (this.loading || !this.state.hasMore) return this.loading ?? Promise.resolve();
    this.loading = this.append().finally(() => { this.loading = null; });
    return this.loading;
  }

  private async append() {
    this.set({ isLoading: true, problem: null });
    const start = this.segments.at(-1)?.end ?? '';
    const { touches } = this;
    try {
      const page = await patient(() => this.source.load(start));
      if ((this.segments.at(-1)?.end ?? '') !== start) return this.set({ isLoading: false }); // read again meanwhile
      this.learn(page);
      this.segments.push({ start, end: page.after, rows: page.rows, isStale: touches !== this.touches });
      const added = page.rows.filter((each) => !this.known.has(String(each.id)));
      for (const each of added) this.known.add(String(each.id));
      this.order = [...this.order, ...added.map((each) => String(each.id))];
      this.set({ rows: [...this.state.rows, ...added], hasMore: page.hasMore && page.after !== '', count: page.count ?? null, building: page.building ?? null, isFirst: false, isLoading: false });
    } catch (problem) {
      this.set({ problem, isLoading: false });
    }
  }

  // Everything up to the end, of a list that has no more than `most`; whether it has been reached.
  async toEnd(most: number): Promise<boolean> {
    while (this.state.hasMore && !this.state.problem && (this.state.count ?? 0) <= most && this.state.rows.length < most) await this.more();
    return !this.state.hasMore;
  }

  // Something has changed: what is loaded may be old.
  touch() {
    this.touches += 1;
    for (const each of this.segments) each.isStale = true;
  }

  // What is far from these rows is kept slim.
  private trim(first: number, last: number) {
    const thinner = new Map<string, Ticket>();
    let at = 0;
    for (const each of this.segments) {
      const begin = at;
      at += each.rows.length;
      if (each.isSlim || (begin <= last + kFar && at >= first - kFar)) continue;
      each.rows = each.rows.map(slim);
      each.isSlim = each.isStale = true;
      for (const row of each.rows) thinner.set(String(row.id), row);
    }
    if (thinner.size > 0) this.set({ rows: this.state.rows.map((each) => thinner.get(String(each.id)) ?? each) });
  }

  // Reads stale segments again that have rows from `first` to `last`.
  async revalidate(first: number, last: number): Promise<void> {
    if (this.segments.length === 0) await this.more();
    this.trim(first, last);
    const done = new Set<Segment>(); // one that fails, or is stale again meanwhile, is not asked for twice in a row
    for (;;) {
      const next = this.seen(first, last).find((each) => each.isStale && !done.has(each));
      if (!next) return;
      const running = this.readings.get(next);
      if (running) { await running; continue; } // it was asked before the change that made it stale
      done.add(next);
      await this.again(next);
    }
  }

  private seen(first: number, last: number): Segment[] {
    let at = 0;
    return this.segments.filter((each) => {
      const begin = at;
      at += each.rows.length;
      return begin <= last && (at > first || each === this.segments.at(-1));
    });
  }

  private again(segment: Segment): Promise<void> {
    const reading = this.read(segment).finally(() => this.readings.delete(segment));
    this.readings.set(segment, reading);
    return reading;
  }

  // A segment becomes the page behind its cursor. Where that ends elsewhere now, the next one begins there, and is stale.
  private async read(segment: Segment) {
    segment.isStale = false; // before asking: a change in between makes it stale again
    const { start } = segment;
    let page: FeedPage;
    try {
      page = await patient(() => this.source.load(start));
    } catch (problem) {
      segment.isStale = true;
      return this.set({ problem });
    }
    const at = this.segments.indexOf(segment);
    if (at < 0) return;
    if (segment.start !== start) { segment.isStale = true; return; }
    this.learn(page);
    const was = segment.rows;
    segment.rows = page.rows;
    segment.isSlim = false;
    const isSamePlace = segment.end === page.after;
    segment.end = page.after;
    const goesOn = page.hasMore && page.after !== '';
    if (!goesOn) this.segments.length = at + 1;
    const next = this.segments[at + 1];
    if (next && next.start !== page.after) {
      next.start = page.after;
      next.isStale = true;
    }
    const hasMore = next ? this.state.hasMore : goesOn;
    if (!(isSamePlace && this.replace(was, page, hasMore))) this.rebuild(hasMore, page);
  }

  // The same tickets in the same order, as nearly always: they are put where they stand, and nothing else is looked at.
  private replace(was: Ticket[], page: FeedPage, hasMore: boolean): boolean {
    const first = was[0];
    if (!first || was.length !== page.rows.length || was.some((each, at) => String(each.id) !== String(page.rows[at]!.id))) return false;
    const rows = this.state.rows.slice();
    const begin = rows.indexOf(first);
    if (begin < 0 || was.some((each, at) => rows[begin + at] !== each)) return false; // some of them are shown from another segment
    for (const [at, each] of page.rows.entries()) rows[begin + at] = each;
    this.set({ rows, hasMore, count: page.count ?? null, building: page.building ?? null, problem: null, isFirst: false });
    return true;
  }

  // What a stale segment still holds may stand elsewhere by now: a segment that was read after it knows better.
  private rebuild(hasMore: boolean, page: FeedPage) {
    const fresh = new Set(this.segments.filter((each) => !each.isStale).flatMap((each) => each.rows.map((row) => String(row.id))));
    this.known = new Set();
    const rows: Ticket[] = [];
    for (const segment of this.segments) {
      for (const each of segment.rows) {
        const id = String(each.id);
        if (this.known.has(id) || (segment.isStale && fresh.has(id))) continue;
        this.known.add(id);
        rows.push(each);
      }
    }
    this.order = [...this.known]; // as they were put in
    this.set({ rows, hasMore, count: page.count ?? null, building: page.building ?? null, problem: null, isFirst: false });
  }

  // The ids of the whole list, not only of what is loaded; `told` hears how many there are so far.
  async everyId(told: (count: number) => void, signal: AbortSignal): Promise<string[]> {
    const ids = new Set<string>();
    for (let after = ''; ;) {
      const page = await patient(() => this.source.load(after));
      if (signal.aborted) throw new DOMException('stopped', 'AbortError');
      for (const each of page.rows) ids.add(String(each.id));
      told(ids.size);
      if (!page.hasMore || !page.after) return [...ids];
      after = page.after;
    }
  }
}
