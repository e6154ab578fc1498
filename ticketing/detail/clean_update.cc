#include "ticketing/detail/clean_update.h"

#include "core/encoding.h"
#include "ticketing/detail/header_text.h"
#include "ticketing/html_words.h"

namespace postern::ticketing {
namespace {

template <class T>
void append(std::vector<T>& into, const std::vector<T>& from) {
  into.insert(into.end(), from.begin(), from.end());
}

class WishCleaner {
 public:
  WishCleaner(const pipeline::TextRedactor& redactor, core::WorkspaceId workspace, core::InboxId inbox, CleanUpdate& out)
      : redactor_(redactor), workspace_(workspace), inbox_(inbox), out_(out) {}

  core::Result<void> clean(TicketWishes& wishes) {
    if (wishes.subject) text(*wishes.subject, "subject");
    if (wishes.external_id) text(*wishes.external_id, "external_id");
    if (wishes.tags) tags(*wishes.tags);
    tags(wishes.added_tags);
    tags(wishes.removed_tags);  // a stored one was masked alike
    for (FieldValue& field : wishes.fields) {
      for (std::string& each : field.values) text(each, "custom_field");
    }
    if (wishes.requester) POSTERN_CHECK(person(*wishes.requester, "requester_id"));
    for (auto* list : {&wishes.ccs, &wishes.followers}) {
      if (!*list) continue;
      for (PersonWish& each : **list) POSTERN_CHECK(person(each, "email_ccs"));
    }
    for (auto* list : {&wishes.cc_changes, &wishes.follower_changes}) {
      for (PersonWish& each : *list) POSTERN_CHECK(person(each, "email_ccs"));
    }
    return {};
  }

 private:
  // True when nothing had to go.
  bool text(std::string& text, std::string_view where) {
    if (text.empty()) return true;
    const pipeline::RedactedText redacted = redactor_.redact_text(text, {where, workspace_, inbox_});
    text = redacted.text();
    append(out_.redactions_beside, redacted.redactions());
    append(out_.shadow_findings_beside, redacted.shadow_findings());
    append(out_.tags, redacted.tags());
    return redacted.redactions().empty();
  }

  // All together as well: a number whose groups of digits are tags of their own is still one.
  void tags(std::vector<std::string>& list) {
    std::string joined;
    for (const std::string& each : list) joined += (joined.empty() ? "" : " ") + each;
    if (text(joined, "tags")) return;
    list.clear();
    for (std::size_t at = 0; at < joined.size();) {
      const std::size_t end = std::min(joined.find(' ', at), joined.size());
      if (end > at) list.push_back(joined.substr(at, end - at));
      at = end + 1;
    }
  }

  core::Result<void> person(PersonWish& wish, std::string_view where) {
    text(wish.name, "name");
    // An address with a hole in it would be somebody else's.
    if (!text(wish.email, "email")) return core::fail(Errc::kInvalid, std::string(where) + ": the address holds a value that must not be stored");
    return {};
  }

  const pipeline::TextRedactor& redactor_;
  const core::WorkspaceId workspace_;
  const core::InboxId inbox_;
  CleanUpdate& out_;
};

}  // namespace

core::Result<CleanUpdate> clean(const pipeline::TextRedactor& redactor, const Tickets::Update& update, core::WorkspaceId workspace,
                                core::InboxId inbox) {
  CleanUpdate out;
  const auto note = [&out](const auto& redacted) {
    append(out.redactions, redacted.redactions());
    append(out.shadow_findings, redacted.shadow_findings());
    append(out.tags, redacted.tags());
  };
  out.has_comment = update.has_comment();
  append(out.redactions, update.earlier_redactions);
  append(out.shadow_findings, update.earlier_shadow_findings);
  const auto is_blank = [](std::string_view text) { return core::trim_ascii(text).empty(); };
  if (update.html) {
    const pipeline::RedactedHtml redacted = redactor.redact_html(*update.html, {"comment", workspace, inbox});
    note(redacted);
    if (!is_blank(redacted.text())) {
      out.html = redacted.html();
      out.text = redacted.text();
    } else if (is_blank(update.text.value_or(std::string())) && update.files.empty()) {
      return core::fail(Errc::kInvalid, "comment.html_body: cannot be blank");
    }
  }
  if (update.text) {
    const pipeline::RedactedText redacted = redactor.redact_text(*update.text, {"comment", workspace, inbox});
    // Beside HTML, marks that somebody's editor puts around words stay. What else differs does not: two texts would be two comments.
    if (out.html.empty() && out.text.empty()) note(redacted);
    if ((out.html.empty() && out.text.empty()) || has_same_words(redacted.text(), out.text)) out.text = redacted.text();
  }
  for (const auto& file : update.files) {
    const pipeline::RedactedFile redacted = redactor.redact_file(file.name, file.media_type, file.content, {"file", workspace, inbox});
    out.files.push_back({redacted.name(), redacted.was_replaced() ? "text/plain" : stored_media_type(file.media_type), redacted.content(),
                         redacted.text()});
    note(redacted);
  }
  out.wishes = update.wishes;
  POSTERN_CHECK(WishCleaner(redactor, workspace, inbox, out).clean(out.wishes));
  return out;
}

}  // namespace postern::ticketing
