// In the dialog of app/ProofDialog: which ways there are is asked of the server, then one of them is used.
import { useEffect, useState } from 'react';
import { get } from '@/api/http';
import { useWords } from '@/i18n';
import { Wait } from '@/kit/Wait';
import { FactorForm } from './FactorForm';
import { entryWords } from './troubles';
import { methodsOf, proofChallenge, prove, type Method } from './ways';

export function ProofForm({ onProved }: { onProved: () => void }) {
  const t = useWords('entry');
  const [methods, setMethods] = useState<Method[] | null>(null);
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    get('/api/v2/two_factor').then(({ two_factor }) => setMethods(methodsOf(two_factor)), (problem) => setTrouble(entryWords(t, problem, 'proof')));
  }, [t]);
  if (trouble) return <p role="alert" className="text-bad">{trouble}</p>;
  if (!methods) return <Wait />;
  return <FactorForm methods={methods} occasion="proof" challenge={proofChallenge} send={async (proof) => { await prove(proof); onProved(); }} />;
}
