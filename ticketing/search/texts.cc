#include "ticketing/search/texts.h"

#include <algorithm>

#include "storage/records.h"
#include "ticketing/detail/codec.h"
#include "ticketing/detail/damage.h"
#include "ticketing/detail/keys.h"
#include "ticketing/search/file_texts.h"

namespace postern::ticketing::search {
namespace {

constexpr std::size_t kAtATime = 8;

// Where in the folded text something is to be marked; overlapping places are one.
class MarkSink final : public WordSink {
 public:
  explicit MarkSink(const TextReader::Marks& marks) : marks_(marks) {}
  void take(std::string_view word, const WordPlace& place) override {
    if (place.kind == WordKind::kGlyph || !marks_.has(word)) return;
    if (!places.empty() && place.begin <= places.back().second && place.end >= places.back().first) {
      places.back().first = std::min(places.back().first, place.begin);
      places.back().second = std::max(places.back().second, place.end);
    } else {
      places.emplace_back(place.begin, place.end);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> places;

 private:
  const TextReader::Marks& marks_;
};

// Finds a phrase while the text goes by: how far each of its beginnings has come.
class PhraseSink final : public WordSink {
 public:
  explicit PhraseSink(const std::vector<std::string>& phrase) : phrase_(phrase) {}
  void take(std::string_view word, const WordPlace& place) override {
    if (is_found || (place.kind != WordKind::kPart && place.kind != WordKind::kGlyph)) return;
    reached_.push_back(0);
    std::erase_if(reached_, [this, word](std::size_t at) { return phrase_[at] != word; });
    for (std::size_t& at : reached_) ++at;
    is_found = !reached_.empty() && reached_.front() == phrase_.size();
  }
  bool is_found = false;

 private:
  const std::vector<std::string>& phrase_;
  std::vector<std::size_t> reached_;  // the longest first
};

bool is_inside_letter(std::string_view text, std::size_t at) { return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; }

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
}

std::string_view indexed_part(std::string_view text, const Limits& limits) {
  std::size_t size = std::min(text.size(), limits.text_bytes_max);
  while (size < text.size() && is_inside_letter(text, size)) --size;
  return text.substr(0, size);
}

}  // namespace

bool TextReader::Marks::has(std::string_view word) const {
  return words.contains(word) || std::ranges::any_of(prefixes, [word](const std::string& each) { return word.starts_with(each); });
}

bool has_phrase(std::string_view text, const std::vector<std::string>& phrase, const Limits& limits) {
  PhraseSink sink(phrase);
  const std::string folded = fold(text);
  analyse(folded, limits, sink);
  return sink.is_found;
}

template <class Visit>
core::Result<bool> TextReader::any_comment(std::uint64_t ticket, std::size_t count_max, Visit visit) {
  const core::WorkspaceId workspace = view_.keys.workspace();
  const std::string prefix = keys::comments_prefix(workspace, core::TicketId{ticket});
  std::size_t count = 0;
  for (std::string after;;) {
    POSTERN_TRY(const std::vector<storage::Entry> page, view_.snapshot.scan(prefix, storage::Direction::kForward, kAtATime, after));
    for (const storage::Entry& each : page) {
      if (count++ == count_max) return false;
      schema::Comment comment;
      const auto opened = storage::open_record(view_.vault, workspace, each.key, each.value, comment);
      const core::Result<std::string> text = opened ? codec::get_text(view_.snapshot, view_.vault, workspace, comment.text())
                                                    : core::Result<std::string>(opened.error());
      if (!text && !is_damage(text.error())) return text.error();
      if (!text) continue;  // nothing of it can be shown
      ++texts_read_;
      POSTERN_TRY(const bool is_it, visit(indexed_part(*text, view_.limits), comment));
      if (is_it) return true;
    }
    if (page.size() < kAtATime) return false;
    after = page.back().key;
  }
}

core::Result<bool> TextReader::has_phrase(const schema::Ticket& ticket, const PhraseTest& test) {
  const auto is_in = [this, &test](std::string_view text) { return search::has_phrase(text, test.atoms, view_.limits); };
  if ((test.fields & kInSubject) != 0 && is_in(ticket.subject())) return true;
  if ((test.fields & (kInComment | kInFileName | kInFileText)) == 0) return false;
  const auto visit = [this, &test, &is_in](std::string_view text, const schema::Comment& comment) -> core::Result<bool> {
    if ((test.fields & kInComment) != 0 && is_in(text)) return true;
    return is_in_files(comment, test);
  };
  return any_comment(ticket.id(), ~std::size_t{0}, visit);
}

core::Result<bool> TextReader::is_in_files(const schema::Comment& comment, const PhraseTest& test) {
  const auto is_in = [this, &test](std::string_view text) { return search::has_phrase(text, test.atoms, view_.limits); };
  for (const schema::Attachment& file : comment.attachments()) {
    if ((test.fields & kInFileName) != 0 && is_in(file.name())) return true;
    if ((test.fields & kInFileText) == 0) continue;
    POSTERN_TRY(const std::string text, text_of(file));
    if (is_in(indexed_part(text, view_.limits))) return true;
  }
  return false;
}

// One that cannot be read is as if there were none.
core::Result<std::string> TextReader::text_of(const schema::Attachment& file) {
  core::Result<std::string> text = file_text(view_.snapshot, view_.vault, view_.keys.workspace(), file.id());
  if (!text && is_damage(text.error())) return std::string();
  if (text && !text->empty()) ++texts_read_;
  return text;
}

core::Result<Snippet> TextReader::snippet(const schema::Ticket& ticket, const Marks& marks) {
  Snippet out;
  const auto visit = [this, &marks, &out](std::string_view text, const schema::Comment& comment) -> core::Result<bool> {
    if ((marks.fields & kInComment) != 0) out.html = marked_html(text, marks, view_.limits);
    out.in = kInComment;
    if (out.html.empty()) {
      POSTERN_TRY(out, snippet_of_files(comment, marks));
    }
    out.comment = comment.id();
    return !out.html.empty();
  };
  POSTERN_CHECK(any_comment(ticket.id(), view_.limits.snippet_comments_max, visit));
  if (!out.html.empty()) return out;
  out = Snippet();
  if ((marks.fields & kInSubject) != 0) out.html = marked_html(ticket.subject(), marks, view_.limits);
  return out;
}

core::Result<Snippet> TextReader::snippet_of_files(const schema::Comment& comment, const Marks& marks) {
  Snippet out;
  std::size_t left = view_.limits.snippet_files_max;
  for (const schema::Attachment& file : comment.attachments()) {
    if (left-- == 0) break;
    out.attachment = file.id();
    out.file_name = file.name();
    out.in = kInFileName;
    if ((marks.fields & kInFileName) != 0) out.html = marked_html(file.name(), marks, view_.limits);
    if (out.html.empty() && (marks.fields & kInFileText) != 0) {
      POSTERN_TRY(const std::string text, text_of(file));
      out.in = kInFileText;
      out.html = marked_html(indexed_part(text, view_.limits), marks, view_.limits);
    }
    if (!out.html.empty()) return out;
  }
  return Snippet();
}

std::string marked_html(std::string_view text, const TextReader::Marks& marks, const Limits& limits) {
  const FoldedText folded = fold_with_places(text);
  MarkSink sink(marks);
  analyse(folded.text, limits, sink);
  if (sink.places.empty()) return {};
  const std::size_t first = std::min(folded.original(sink.places.front().first), text.size());
  std::size_t begin = first - std::min(first, limits.snippet_bytes / 3);
  std::size_t end = std::min(text.size(), begin + limits.snippet_bytes);
  while (begin > 0 && is_inside_letter(text, begin)) --begin;
  while (end < text.size() && is_inside_letter(text, end)) ++end;
  std::string out = begin > 0 ? "…" : "";
  std::size_t at = begin;
  for (const auto& [mark_begin, mark_end] : sink.places) {
    const std::size_t from = std::max(at, folded.original(mark_begin));
    const std::size_t to = std::min(end, folded.original(mark_end));
    if (from >= to) continue;
    append_escaped(out, text.substr(at, from - at));
    out += "<mark>";
    append_escaped(out, text.substr(from, to - from));
    out += "</mark>";
    at = to;
  }
  append_escaped(out, text.substr(at, end - at));
  if (end < text.size()) out += "…";
  return out;
}

}  // namespace postern::ticketing::search
