import type { ScreenRow } from '@/app/screens';

export const operateScreens: ScreenRow[] = [
  ['/operate/health', () => import('./health/Health'), 'settings:manage', { section: 'operate', label: 'operate_health', keys: 'g l' }],
  ['/operate/redaction', () => import('./redaction/Rules'), 'rules:manage', { section: 'operate', label: 'operate_redaction', keys: 'g x' }],
  ['/operate/redaction/rules/:rule', () => import('./redaction/RuleScreen'), 'rules:manage'],
  ['/operate/redaction/editor', () => import('./editor/Editor'), 'rules:manage'],
  ['/operate/redaction/versions', () => import('./versions/Versions'), 'rules:manage'],
  ['/operate/redaction/replays', () => import('./replays/Replays'), 'rules:manage'],
  ['/operate/redaction/replays/:id', () => import('./replays/ReplayScreen'), 'rules:manage'],
  ['/operate/redaction/marks', () => import('./redaction/Marks'), 'rules:manage'],
  ['/operate/spam', () => import('./health/Spam'), 'tickets:write', { section: 'operate', label: 'operate_spam' }],
  ['/operate/jobs', () => import('./health/Jobs'), 'tickets:read', { section: 'operate', label: 'operate_jobs' }],
];
