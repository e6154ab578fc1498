#include "ticketing/people/merge_profile.h"

#include <algorithm>
#include <set>

#include "core/encoding.h"
#include "ticketing/detail/header_text.h"

namespace postern::ticketing {
namespace {

std::string both_texts(const std::string& first, const std::string& second, std::size_t bytes_max) {
  if (second.empty() || first == second) return first;
  return std::string(cut_utf8(first.empty() ? second : first + "\n\n" + second, bytes_max));
}

const std::string& text_of_first(const std::string& first, const std::string& second) { return first.empty() ? second : first; }

void fill_texts(const schema::Profile& from, const auth::User& gone, const auth::User& stays, const PersonMergeLimits& limits, schema::Profile& to) {
  const std::string& name = text_of_first(from.name(), gone.name);
  if (to.name().empty() && stays.name.empty()) to.set_name(name);
  to.set_alias(text_of_first(to.alias(), from.alias()));
  to.set_phone(text_of_first(to.phone(), from.phone()));
  to.set_locale(text_of_first(to.locale(), from.locale()));
  to.set_time_zone(text_of_first(to.time_zone(), from.time_zone()));
  to.set_external_id(text_of_first(to.external_id(), from.external_id()));
  to.set_details(both_texts(to.details(), from.details(), limits.note_bytes_max));
  to.set_notes(both_texts(to.notes(), from.notes(), limits.note_bytes_max));
  to.set_is_verified(to.is_verified() || from.is_verified());
}

void add_link(const schema::OrganizationLink& link, schema::Profile& to) {
  const auto is_it = [&link](const schema::OrganizationLink& each) { return each.organization() == link.organization(); };
  if (std::ranges::any_of(to.organizations(), is_it)) return;
  *to.add_organizations() = link;
  to.mutable_organizations(to.organizations_size() - 1)->set_by_domain(false);
}

// Tickets of both stay in organisations of the survivor, and his own new ones where they went before.
void join_organizations(const schema::Profile& from, const schema::Profile& into, const MergedDefaults& defaults, const Services& with,
                        schema::Profile& to) {
  if (defaults.of_gone == 0 && from.organizations().empty()) return;
  to.clear_organizations();
  const auto add_default = [&](std::uint64_t organization, const schema::Profile& of) {
    if (organization == 0) return;
    schema::OrganizationLink link;
    link.set_organization(organization);
    link.set_created_unix_ms(with.now_ms());
    for (const schema::OrganizationLink& each : of.organizations()) {
      if (each.organization() == organization) link = each;
    }
    if (link.id() == 0) link.set_id(with.ids.next());
    add_link(link, to);
  };
  add_default(defaults.of_survivor, into);
  for (const schema::OrganizationLink& each : into.organizations()) add_link(each, to);
  add_default(defaults.of_gone, from);
  for (const schema::OrganizationLink& each : from.organizations()) add_link(each, to);
  to.set_left_domain(to.organizations().empty());
}

void join_tags_and_fields(const schema::Profile& from, schema::Profile& to) {
  std::set<std::string> tags(to.tags().begin(), to.tags().end());
  tags.insert(from.tags().begin(), from.tags().end());
  to.mutable_tags()->Assign(tags.begin(), tags.end());
  for (const schema::PersonFieldValue& each : from.fields()) {
    const auto is_it = [&each](const schema::PersonFieldValue& one) { return one.field() == each.field(); };
    if (std::ranges::none_of(to.fields(), is_it)) *to.add_fields() = each;
  }
  std::sort(to.mutable_fields()->begin(), to.mutable_fields()->end(), [](const auto& a, const auto& b) { return a.field() < b.field(); });
}

}  // namespace

core::Result<schema::Profile> merged_profile(const schema::Profile& from, const auth::User& gone, const schema::Profile& into, const auth::User& stays,
                                             const MergedDefaults& organizations, const PersonMergeLimits& limits, const Services& with) {
  schema::Profile out = into;
  fill_texts(from, gone, stays, limits, out);
  join_tags_and_fields(from, out);
  join_organizations(from, into, organizations, with, out);
  const auto add_address = [&](const std::string& address) {
    const auto is_it = [&address](const std::string& each) { return core::equals_ignoring_case(each, address); };
    if (!is_it(stays.email) && std::ranges::none_of(out.other_emails(), is_it)) out.add_other_emails(address);
  };
  add_address(gone.email);
  for (const std::string& each : from.other_emails()) add_address(each);
  for (auto* list : {out.mutable_merged(), out.mutable_merging()}) list->Add(gone.id.value);
  out.mutable_merged()->MergeFrom(from.merged());
  out.mutable_merging()->MergeFrom(from.merging());
  const bool is_too_much = static_cast<std::size_t>(out.other_emails_size()) > limits.addresses_max || static_cast<std::size_t>(out.merged_size()) > limits.merged_max;
  if (is_too_much) return core::fail(Errc::kInvalid, "user.id: too many were merged into one");
  out.set_updated_unix_ms(with.now_ms());
  return out;
}

}  // namespace postern::ticketing
