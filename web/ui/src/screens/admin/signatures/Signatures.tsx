// What stands under every reply from an inbox, whoever wrote it.
import { setQueryParams, useQueryParams } from '@/app/place';
import { useWords } from '@/i18n';
import { PlaceholderHelp } from '@/kit/actions/PlaceholderHelp';
import { Select } from '@/kit/Field';
import { Loaded } from '@/kit/Loaded';
import { Card, Empty, Page } from '@/kit/Page';
import { useInboxes, type Inbox } from '../people/api';
import { saveInboxSignature, useInboxSignature } from './api';
import { SignatureForm } from './SignatureForm';

const nameOf = (inbox: Inbox) => (inbox.name && inbox.name !== inbox.address ? `${inbox.name} (${inbox.address})` : inbox.address);

function OfInbox({ inbox }: { inbox: Inbox }) {
  const t = useWords('signatures');
  const signature = useInboxSignature(inbox.id);
  return <Loaded query={signature}>{(stored) => <SignatureForm label={t('of_inbox', { inbox: inbox.address })} hint={t('of_inbox_hint')} stored={stored} onSave={(text) => saveInboxSignature(inbox.id, text, stored)} />}</Loaded>;
}

export default function Signatures() {
  const t = useWords('signatures');
  const inboxes = useInboxes();
  const asked = useQueryParams().get('inbox');
  return (
    <Page title={t('title')} intro={<>{t('intro')} <a href="#/account">{t('own_go')}</a></>}>
      <Loaded query={inboxes}>{({ inboxes: list }) => {
        const inbox = list.find((each) => String(each.id) === asked) ?? list[0];
        if (!inbox) return <Empty>{t('no_inbox')}</Empty>;
        return (
          <>
            <Card>
              {list.length > 1 && (
                <Select label={t('inbox')} boxClass="max-w-md" value={String(inbox.id)} onChange={(event) => setQueryParams({ inbox: event.currentTarget.value })}>
                  {list.map((each) => <option key={String(each.id)} value={String(each.id)}>{nameOf(each)}</option>)}
                </Select>
              )}
              <OfInbox key={String(inbox.id)} inbox={inbox} />
            </Card>
            <PlaceholderHelp />
          </>
        );
      }}</Loaded>
    </Page>
  );
}
