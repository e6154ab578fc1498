// The pages before signing in, and those of one-time links, which are for anybody.
import { whoAmI, type SessionAnswer } from '@/app/session';
import { ContactLink } from './ContactLink';
import { Enrolment } from './Enrolment';
import { linkOf } from './link';
import { SignIn } from './SignIn';

export const isEntryAddress = (path: string) => linkOf(path) !== null;

export interface EntryProps { path: string; onEntered: (answer: SessionAnswer) => void; isSignedIn: boolean }

export function Entry({ path, onEntered: enter, isSignedIn }: EntryProps) {
  const link = linkOf(path);
  // Whether a second factor has to be set up first is told to a session, not yet by the answer that opens it.
  const onEntered = (answer: SessionAnswer) => void whoAmI().catch(() => answer).then(enter);
  if (link?.kind === 'enrol') return <Enrolment key={link.token} token={link.token} onEntered={onEntered} isSignedIn={isSignedIn} />;
  if (link) return <ContactLink key={link.token} token={link.token} isSignedIn={isSignedIn} />;
  return <SignIn onEntered={onEntered} />;
}
