// The two sides of a replay: versions of the rules by number (0: the shipped ones), or the document in the editor.
import type { Body } from '@/api/schema';
import type { Words } from '@/i18n';

export const kDraft = 'draft';
export const kInForce = ''; // whatever is in force when the replay begins

type Sides = Pick<Body<'RedactionReplayWrite'>, 'document' | 'version' | 'against_document' | 'against_version'>;

export function sidesOf(tried: string, against: string, document: string): Sides {
  return {
    ...(tried === kDraft ? { document } : { version: Number(tried) }),
    ...(against === kInForce ? {} : against === kDraft ? { against_document: document } : { against_version: Number(against) }),
  };
}

// Null: a document that was given.
export const sideName = (t: Words, version: number | null) => (version === null ? t('replay.of_draft') : version === 0 ? t('versions.shipped') : t('versions.number', { number: version }));
