// The two lists of policies, which have the same screens: what customers are promised, and how long a group may keep a ticket.
export interface Side {
  name: 'sla_policy' | 'group_sla_policy'; // in bodies and answers
  plural: 'sla_policies' | 'group_sla_policies'; // of the API and of the words
  path: string; // of the API
  place: string; // of its screens
  order: string; // in the body that puts them in order
  ofGroups: boolean;
}

export const toCustomers: Side = { name: 'sla_policy', plural: 'sla_policies', path: '/api/v2/slas/policies', place: '/admin/sla', order: 'sla_policy_ids', ofGroups: false };
export const ofGroups: Side = { name: 'group_sla_policy', plural: 'group_sla_policies', path: '/api/v2/group_slas/policies', place: '/admin/group_sla', order: 'group_sla_policy_ids', ofGroups: true };
