import type { ScreenProps } from '@/app/screens';
import { PolicyPage } from './PolicyPage';
import { ofGroups } from './sides';

export default function GroupPolicyEditor({ params }: ScreenProps) {
  return <PolicyPage side={ofGroups} id={params.id!} />;
}
