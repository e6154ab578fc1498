// The signature of a person: one's own with how it would look, somebody else's for whoever manages people.
import { useWords } from '@/i18n';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import type { Id } from '@/api/http';
import { savePersonSignature, usePersonSignature } from './api';
import { Preview } from './Preview';
import { SignatureForm } from './SignatureForm';

export function SignatureCard({ id, isOwn }: { id: Id; isOwn: boolean }) {
  const t = useWords('signatures');
  const signature = usePersonSignature(id);
  return (
    <Card title={t('own')}>
      <Loaded query={signature}>{(stored) => <SignatureForm label={t('own_label')} hint={t('own_hint')} stored={stored} onSave={(text) => savePersonSignature(id, text, stored)} below={isOwn ? (text) => <Preview text={text} /> : undefined} />}</Loaded>
    </Card>
  );
}
