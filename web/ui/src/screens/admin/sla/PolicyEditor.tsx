import type { ScreenProps } from '@/app/screens';
import { PolicyPage } from './PolicyPage';
import { toCustomers } from './sides';

export default function PolicyEditor({ params }: ScreenProps) {
  return <PolicyPage side={toCustomers} id={params.id!} />;
}
