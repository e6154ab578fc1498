import { PolicyList } from './PolicyList';
import { ofGroups } from './sides';

// How long a group may keep a ticket.
export default function GroupPolicies() {
  return <PolicyList side={ofGroups} />;
}
