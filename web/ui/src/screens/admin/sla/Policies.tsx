import { PolicyList } from './PolicyList';
import { toCustomers } from './sides';

// What customers are promised.
export default function Policies() {
  return <PolicyList side={toCustomers} />;
}
