import type { ScreenRow } from '@/app/screens';

export const operateScreens: ScreenRow[] = [
  ['/operate/health', () => import('./health/Health'), 'settings:manage', { section: 'operate', label: 'operate_health', keys: 'g l' }],
  ['/operate/redaction', () => import('./redaction/Rules'), 'rules:manage', { section: 'operate', label: 'operate_redaction', keys: 'g x' }],
  ['/operate/redaction/rules/:rule', () => import('./redaction/RuleScreen'), 'rules:manage'],
  ['/operate/redaction/editor', () => import('./editor/Editor'), 'rules:manage', { section: 'operate', label: 'operate_editor', isInside: true }],
  ['/operate/redaction/versions', () => import('./versions/Versions'), 'rules:manage', { section: 'operate', label: 'operate_versions', isInside: true }],
  ['/operate/redaction/replays', () => import('./replays/Replays'), 'rules:manage', { section: 'operate', label: 'operate_replays', isInside: true }],
  ['/operate/redaction/replays/:id', () => import('./replays/ReplayScreen'), 'rules:manage'],
  ['/operate/redaction/marks', () => import('./redaction/Marks'), 'rules:manage', { section: 'operate', label: 'operate_marks', isInside: true }],
  ['/operate/spam', () => import('./health/Spam'), 'tickets:write', { section: 'operate', label: 'operate_spam' }],
  ['/operate/jobs', () => import('./health/Jobs'), 'tickets:read', { section: 'operate', label: 'operate_jobs' }],
];
