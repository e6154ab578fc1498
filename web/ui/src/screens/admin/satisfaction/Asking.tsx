// How customers are asked: the rules whose mail holds the question, and one to begin with.
import { post, type Id } from '@/api/http';
import { go } from '@/app/place';
import { queries } from '@/app/session';
import { useWords } from '@/i18n';
import { Badge } from '@/kit/Badge';
import { Button } from '@/kit/Button';
import { Loaded } from '@/kit/Loaded';
import { Card } from '@/kit/Page';
import { useAct } from '@/kit/act';
import { useReasons, useRules, type Kind } from './api';
import { askingRule, asksForRating, type Rule } from './model';

const RuleItem = ({ kind, rule }: { kind: Kind; rule: Rule }) => {
  const t = useWords('satisfaction');
  return (
    <li className="flex flex-wrap items-center gap-2 border-t border-line py-2 first:border-0">
      <a className="font-medium [overflow-wrap:anywhere]" href={`#/admin/${kind}/${rule.id}`}>{rule.title}</a><span className="text-sm text-faint">{t(`kind.${kind}`)}</span>
      <Badge tone={rule.active ? 'good' : 'warn'}>{t(rule.active ? 'in_force' : 'not_in_force')}</Badge>
    </li>
  );
};

function Rules() {
  const t = useWords('satisfaction');
  const automations = useRules('automations');
  const triggers = useRules('triggers');
  const [isBusy, act] = useAct();
  const make = () => void act(async () => {
    const { automation } = await post<{ automation: { id: Id } }>('/api/v2/automations', { automation: askingRule({ title: t('rule.title'), subject: t('rule.subject'), text: t('rule.text', { skipInterpolation: true }) }) }, { key: crypto.randomUUID() });
    void queries.invalidateQueries({ queryKey: ['defined', 'automations'] });
    go(`/admin/automations/${automation.id}`);
  }, t('made'));
  return (
    <Loaded query={automations}>{(timed) => (
      <Loaded query={triggers}>{(immediate) => {
        const asking: [Kind, Rule][] = [...timed.filter(asksForRating).map((each): [Kind, Rule] => ['automations', each]), ...immediate.filter(asksForRating).map((each): [Kind, Rule] => ['triggers', each])];
        return (
          <>
            {asking.length > 0 ? <ul className="mb-3">{asking.map(([kind, rule]) => <RuleItem key={`${kind}${rule.id}`} kind={kind} rule={rule} />)}</ul> : <p className="mb-3 max-w-prose">{t('nobody_asks')}</p>}
            <Button look={asking.length > 0 ? 'plain' : 'main'} isBusy={isBusy} onClick={make}>{t('make')}</Button>
            <p className="mt-2 max-w-prose text-sm text-faint">{t('make_hint')}</p>
          </>
        );
      }}</Loaded>
    )}</Loaded>
  );
}

export function Asking() {
  const t = useWords('satisfaction');
  const reasons = useReasons();
  return (
    <>
      <Card title={t('asking')}><p className="mb-3 max-w-prose text-faint">{t('asking_hint')}</p><Rules /></Card>
      <Card title={t('placeholders')}>
        <p className="mb-2 max-w-prose text-faint">{t('placeholders_hint')}</p>
        <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
          {(['rating_section', 'rating_url', 'positive_rating_url', 'negative_rating_url', 'current_rating', 'current_comment'] as const).map((each) => [<dt key={each}><code className="[overflow-wrap:anywhere]">{`{{satisfaction.${each}}}`}</code></dt>, <dd key={`${each}=`} className="mb-2 text-faint sm:mb-0">{t(`placeholder.${each}`)}</dd>])}
        </dl>
      </Card>
      <Card title={t('reasons')}>
        <p className="mb-2 max-w-prose text-faint">{t('reasons_hint')}</p>
        <ul className="list-disc pl-5">{[...reasons].map(([code, words]) => <li key={code}>{words}</li>)}</ul>
      </Card>
    </>
  );
}
