#include "pipeline/redaction/views/explorer.h"

#include <algorithm>
#include <list>

#include "core/secret.h"
#include "pipeline/mime/decode.h"
#include "pipeline/redaction/formats/delimited.h"
#include "pipeline/redaction/formats/numbered_fields.h"
#include "pipeline/redaction/wiped.h"

namespace postern::pipeline {
namespace {

constexpr std::uint32_t kViewsMax = 3;   // views of views
constexpr std::uint32_t kBlocksMax = 3;  // encoded blocks in each other
constexpr std::size_t kEscapesOfLikely = 0;

// In the order in which readers undo them. Two that matter in one text are undone in this order only, which gives the same
// text as the other; the other order is taken where the later one made the earlier one matter ("\u003cb\u003e").
enum ViewBit : unsigned {
  kText = 1U << 0U,  // the text itself
  kUnfolded = 1U << 1U,
  kRtf = 1U << 2U,
  kMarkup = 1U << 3U,
  kReferences = 1U << 4U,
  kEscapes = 1U << 5U,
  kPercent = 1U << 6U,
  kLast = 1U << 7U,  // nothing is looked for behind it
};

// What a view needs to know of the text beside its bytes.
struct TextFacts {
  Telltales marks;
  LineTelltales lines;
  const BodyLabels& labels;
};

struct ViewRow {
  ViewBit bit;
  unsigned behind;  // the views in whose text this one is looked for
  bool (*may_matter)(std::string_view text, const TextFacts& facts);
  View (*make)(std::string_view text, Mapping mapping);
};

bool is_markup(std::string_view text, const TextFacts& facts) { return may_be_markup(text, facts.marks, facts.labels.media_subtype); }
bool hides(std::string_view text, const TextFacts& facts) { return is_markup(text, facts) && may_hide_by_style(text, facts.marks); }
bool has_sections(std::string_view text, const TextFacts& facts) { return is_markup(text, facts) && may_hold_sections(text, facts.marks); }
bool has_references(std::string_view text, const TextFacts& facts) { return may_hold_references(text, facts.marks); }
bool has_escapes(std::string_view text, const TextFacts& facts) { return may_hold_escapes(text, facts.marks) && !may_be_rtf(text, facts.marks); }
bool has_percent(std::string_view text, const TextFacts& facts) { return may_hold_percent(text, facts.marks); }
bool is_folded(std::string_view text, const TextFacts& facts) { return may_be_folded(facts.lines, facts.labels.media_subtype); }
bool is_rtf(std::string_view text, const TextFacts& facts) { return may_be_rtf(text, facts.marks); }
bool is_emphasised(std::string_view text, const TextFacts& facts) { return may_be_emphasised(text, facts.marks); }
bool is_reversed(std::string_view text, const TextFacts& facts) { return may_be_reversed(text, facts.marks); }

constexpr unsigned kAnyText = kText | kUnfolded | kEscapes | kPercent | kRtf;
constexpr ViewRow kViews[] = {
    {kMarkup, kAnyText, is_markup, rendered_view},
    {kMarkup, kAnyText, hides, visible_view},
    {kMarkup, kAnyText, has_sections, sections_view},
    {kReferences, kAnyText | kMarkup, has_references, references_view},
    {kEscapes, kAnyText | kReferences | kMarkup, has_escapes, escapes_view},
    {kPercent, kAnyText | kReferences | kMarkup, has_percent, percent_view},
    {kUnfolded, kText, is_folded, unfolded_view},
    {kRtf, kText | kEscapes, is_rtf, rtf_view},
    {kRtf, kText | kEscapes, is_rtf, rtf_visible_view},
    {kLast, kText | kUnfolded | kRtf | kMarkup, is_emphasised, emphasis_view},
    {kLast, kText | kUnfolded | kRtf | kMarkup, is_reversed, reversed_view},
};

// Readings of one text, by views of one kind: another that gives the same text has nothing where nothing is found in that
// text, however deep one looks; and nothing new where both stand at the same places. Most pages hide nothing and have no
// sections, so their three readings are one.
class KnownReadings {
 public:
  struct Reading {
    ViewBit bit;
    std::string text;
    bool is_empty;      // nothing is found in it
    SourceMap map;      // else: where it stands
    std::size_t taken;  // and what it took from the budget, which another would take as well
  };
  KnownReadings() = default;
  KnownReadings(const KnownReadings&) = delete;
  ~KnownReadings() {
    for (Reading& one : readings_) core::wipe(one.text.data(), one.text.size());
  }
  // nullptr: there is none that says the same.
  const Reading* find(ViewBit bit, const View& view) const {
    const auto known = std::find_if(readings_.begin(), readings_.end(), [&](const Reading& one) {
      return one.bit == bit && one.text == view.text && (one.is_empty || one.map.is_same_as(view.map));
    });
    return known == readings_.end() ? nullptr : &*known;
  }
  void add_empty(ViewBit bit, const std::string& text) { readings_.push_back({bit, text, true, {}, 0}); }
  void add(ViewBit bit, const std::string& text, SourceMap map, std::size_t taken) { readings_.push_back({bit, text, false, std::move(map), taken}); }

 private:
  std::list<Reading> readings_;  // which move nothing, so that nothing is left behind unwiped
};

std::vector<ByteRange> source_of(ByteRange range, const Stage* stage) {
  std::vector<ByteRange> ranges{range};
  for (; stage != nullptr; stage = stage->before) {
    if (!stage->map) stage->map.emplace(stage->make_map());
    ranges = stage->map->pieces(ranges);
  }
  return ranges;
}

// As many bytes as before, every hidden one a star. Zero bytes of wide characters stay.
std::string overwritten(std::string_view bytes, const BodyScan& scan) {
  std::string out(bytes);
  const auto star = [&out](ByteRange range) {
    for (std::size_t at = range.begin; at < range.end; ++at) {
      if (out[at] != '\0' && out[at] != '\r' && out[at] != '\n') out[at] = '*';
    }
  };
  for (const auto* ranges : {&scan.hidden, &scan.dropped, &scan.blanked}) std::for_each(ranges->begin(), ranges->end(), star);
  for (const Edit& patch : scan.patches) {
    if (patch.text.size() == patch.range.size()) out.replace(patch.range.begin, patch.range.size(), patch.text);
    else star(patch.range);
  }
  return out;
}

}  // namespace

void Explorer::note_defect(const char* word) {
  if (std::find(scan_.defects.begin(), scan_.defects.end(), word) == scan_.defects.end()) scan_.defects.emplace_back(word);
}

void Explorer::add_pieces(ByteRange character, const Stage* stage, std::vector<ByteRange>& into) const {
  const auto pieces = source_of(character, stage);
  into.insert(into.end(), pieces.begin(), pieces.end());
}

// With `escapes_min` only values count that hold so many '=' signs: the plain views have seen the others.
void Explorer::look(std::string_view text, const Stage* stage, std::size_t escapes_min) {
  for (const Finding& finding : detector_.find(text, labels_.kind)) {
    ++found_;
    const std::vector<ByteRange> place = source_of(finding.span, stage);
    if (place.empty()) continue;
    if (escapes_min > 0) {
      const char* const begin = bytes_ + place.front().begin;
      const auto escapes = std::count(begin, bytes_ + place.back().end, '=');
      if (static_cast<std::size_t>(escapes) < escapes_min) continue;
    }
    for (ByteRange character : finding.hidden) add_pieces(character, stage, scan_.hidden);
    for (ByteRange character : finding.dropped) add_pieces(character, stage, scan_.dropped);
    FindingKey key{std::string(finding.rule), std::string(finding.label)};
    // Views may begin at different bytes of one character.
    if (!seen_.insert({key, place.front().begin / unit_}).second) continue;
    ++(finding.is_shadow ? scan_.shadows : scan_.findings)[std::move(key)];
  }
}

// Numbers that stand in several fields of a line or a form; a value that the text shows in one piece as well counts once.
void Explorer::look_at_cells(std::string_view text, const Stage* stage) {
  const auto count = [](const FindingCounts& from, FindingCounts& into) {
    for (const auto& [key, number] : from) into[key] = std::max(into[key], number);
  };
  for (const auto scan : {scan_delimited, scan_numbered_fields}) {
    const BodyScan cells = scan(detector_, text, labels_.kind);
    for (ByteRange character : cells.hidden) add_pieces(character, stage, scan_.hidden);
    count(cells.findings, scan_.findings);
    count(cells.shadows, scan_.shadows);
  }
}

void Explorer::explore(std::string_view bytes) {
  bytes_ = bytes.data();
  explore_charsets(bytes, labels_.charset, nullptr, 0);
}

void Explorer::explore_undecoded(std::string_view raw) {
  bytes_ = raw.data();
  const Telltales marks = look_for_telltales(raw);
  look(raw, nullptr);
  // What the label's reader made of quoted-printable is what this reading would be.
  if (!labels_.was_quoted_printable || labels_.clean_reading.empty()) explore_escaped_bytes(raw, marks, nullptr, 0);
  // Only what is marked: the label's reader has seen base64, and any base64 is a hidden block of itself.
  const BlockSink sink = [this](ByteRange block, std::string_view bytes, const BlockPatch& patch) { look_in_block(block, bytes, patch, nullptr, true); };
  const LineTelltales lines = look_for_line_telltales(raw);
  if (lines.uuencode) find_uuencode(raw, sink);
  if (lines.yenc) find_yenc(raw, sink);
  if (labels_.may_hold_base64) find_base64(raw, sink);
}

// The charset that the label says, and those that others may take.
void Explorer::explore_charsets(std::string_view bytes, std::string_view charset, const Stage* stage, std::uint32_t level) {
  const Telltales marks = look_for_telltales(bytes);
  // yEnc is bytes: its text after a conversion is another one.
  if (stage == nullptr && bytes.find("=ybegin ") != std::string_view::npos) {
    find_yenc(bytes, [&](ByteRange block, std::string_view inside, const BlockPatch& patch) { look_in_block(block, inside, patch, nullptr, true); });
    has_looked_at_yenc_ = true;
  }
  bool has_looked = false;
  bool has_explored_bytes = false;  // as they are, which is UTF-8
  const auto explore_as = [&](const std::string& name) {
    Converted converted = to_utf8(bytes, name, Mapping::kSkip);
    const WipedAtExit wiped(converted.utf8);
    if (stage == nullptr && name == charset)
      unit_ = converted.charset.starts_with("utf-16") ? 2 : converted.charset.starts_with("utf-32") ? 4 : 1;
    if (!has_looked) look(bytes, stage);  // the unit must be known
    has_looked = true;
    if (converted.utf8 == bytes) {
      if (!has_explored_bytes) explore_text(bytes, marks, stage, kText, level);
      has_explored_bytes = true;
      return converted.charset;
    }
    if (level > 0 && !budget_.take(converted.utf8.size())) return converted.charset;
    const Stage next{stage, [&] { return to_utf8(bytes, name).map; }, std::nullopt};
    look(converted.utf8, &next);
    explore_text(converted.utf8, look_for_telltales(converted.utf8), &next, kText, level);
    return converted.charset;
  };
  const std::string used = explore_as(std::string(charset));
  for (const std::string& other : other_charsets(bytes, marks, used)) {
    const std::size_t before = scan_.hidden.size() + scan_.dropped.size();
    explore_as(other);
    if (scan_.hidden.size() + scan_.dropped.size() > before) note_defect("charset_conflict");
  }
  explore_escaped_bytes(bytes, marks, stage, level);
}

// A second Content-Transfer-Encoding that other readers prefer, a part that only other readers see, a vCard.
void Explorer::explore_escaped_bytes(std::string_view text, const Telltales& marks, const Stage* stage, std::uint32_t level) {
  const QuotedPrintable guess = guess_quoted_printable(text, marks);
  if (guess == QuotedPrintable::kNo || level >= kViewsMax) return;
  if (level > 0 && !budget_.take(text.size())) return;
  View view = quoted_printable_view(text, Mapping::kSkip);
  const WipedAtExit wiped(view.text);
  if (view.text == text || (!labels_.clean_reading.empty() && view.text == labels_.clean_reading)) return;
  const Stage next{stage, [text] { return quoted_printable_view(text, Mapping::kKeep).map; }, std::nullopt};
  // Of text that was quoted-printable an escape that is left is mostly text.
  const bool is_plain = guess == QuotedPrintable::kLikely && !labels_.was_quoted_printable && level == 0;
  if (is_plain) {
    explore_charsets(view.text, labels_.charset, &next, level + 1);
  } else {
    look(view.text, &next, labels_.was_quoted_printable ? 2 : kEscapesOfLikely + 1);
  }
}

void Explorer::explore_text(std::string_view text, const Telltales& marks, const Stage* stage, unsigned last_view, std::uint32_t level, unsigned mattered) {
  if (level == 0) look_at_cells(text, stage);
  const TextFacts facts{marks, look_for_line_telltales(text), labels_};
  std::vector<const ViewRow*> rows;
  unsigned matter = mattered;
  for (const ViewRow& row : kViews) {
    const bool was_undone_before = row.bit < last_view && (mattered & row.bit) != 0;
    if ((row.behind & last_view) == 0 || level >= kViewsMax || was_undone_before || !row.may_matter(text, facts)) continue;
    rows.push_back(&row);
    matter |= row.bit;
  }
  KnownReadings known;
  for (const ViewRow* const one : rows) {
    const ViewRow& row = *one;
    if (level > 0 && !budget_.take(text.size())) return;
    View view = row.make(text, row.bit == kMarkup ? Mapping::kSmall : Mapping::kSkip);
    const WipedAtExit wiped(view.text);
    if (!view.is_whole) budget_.exhaust();
    if (view.text == text) continue;
    if (const KnownReadings::Reading* const same = known.find(row.bit, view); same != nullptr) {
      if (same->taken > 0) budget_.take(same->taken);
      continue;
    }
    const std::size_t found_before = found_;
    const std::size_t taken_before = budget_.taken();
    const std::size_t files_before = budget_.files_met();
    Stage next{stage, [&] { return row.make(text, Mapping::kKeep).map; }, std::nullopt};
    if (view.map.is_kept()) next.map.emplace(std::move(view.map));
    look(view.text, &next);
    if (row.bit == kLast) continue;
    const Telltales marks_of_view = look_for_telltales(view.text);
    if (row.bit == kUnfolded) explore_escaped_bytes(view.text, marks_of_view, &next, level + 1);
    explore_text(view.text, marks_of_view, &next, row.bit, level + 1, matter);
    if (one == rows.back()) continue;
    if (found_ == found_before) known.add_empty(row.bit, view.text);
    else if (next.map && row.bit == kMarkup && budget_.files_met() == files_before)
      known.add(row.bit, view.text, std::move(*next.map), budget_.taken() - taken_before);
  }
  explore_blocks(text, facts.marks, facts.lines, stage);
}

void Explorer::explore_blocks(std::string_view text, const Telltales& marks, const LineTelltales& lines, const Stage* stage) {
  if (depth_ >= kBlocksMax) return;
  const auto sink = [&](bool is_marked) -> BlockSink {
    return [this, stage, is_marked](ByteRange block, std::string_view bytes, const BlockPatch& patch) {
      look_in_block(block, bytes, patch, stage, is_marked);
    };
  };
  find_base64(text, sink(false));
  find_hex(text, sink(false));
  if (lines.uuencode) find_uuencode(text, sink(true));
  if (lines.yenc && !has_looked_at_yenc_) find_yenc(text, sink(true));
  if (marks.markup) find_base85(text, sink(false));
  if (marks.markup && marks.equals) find_frame_documents(text, sink(true));
  if (marks.markup || marks.percent) find_data_urls(text, sink(true));
}

bool Explorer::is_new_block(ByteRange block, std::size_t bytes, const Stage* stage) {
  const auto place = source_of(block, stage);
  return !place.empty() && blocks_seen_.insert({place.front().begin, bytes}).second;
}

void Explorer::look_in_block(ByteRange block, std::string_view bytes, const BlockPatch& patch, const Stage* stage, bool is_marked) {
  if (depth_ > 0 && !budget_.take(bytes.size())) return;
  if (look_in_file(block, bytes, patch, stage, is_marked)) return;
  BodyScan inner;
  if (is_textual(bytes, budget_.limits())) {
    const BodyLabels labels{"text", "plain", "", true, false, labels_.kind};
    Explorer(detector_, labels, budget_, inner, depth_ + 1).explore(bytes);
    inner.hidden = merge_overlapping(std::move(inner.hidden));
    inner.dropped = merge_overlapping(std::move(inner.dropped));
  } else {
    inner = scan_binary(detector_, bytes, labels_.kind);
  }
  scan_.has_unread_file = scan_.has_unread_file || inner.has_unread_file;
  if (inner.findings.empty() && inner.shadows.empty() && inner.empty()) return;
  ++found_;
  if (!is_new_block(block, bytes.size(), stage)) return;
  for (const auto& [key, count] : inner.findings) scan_.findings[key] += count;
  for (const auto& [key, count] : inner.shadows) scan_.shadows[key] += count;
  if (inner.empty()) return;
  note_defect("hidden_encoding");
  hide_block(block, bytes, inner, patch, stage);
}

bool Explorer::look_in_file(ByteRange block, std::string_view bytes, const BlockPatch& patch, const Stage* stage, bool is_marked) {
  if (budget_.files() == nullptr) return false;
  std::optional<BlockFile> file = budget_.files()->look(bytes);
  if (!file) return false;
  budget_.note_file();
  if (file->is_unread && !is_marked) return false;  // bytes of any kind begin like some file
  ++found_;
  const WipedAtExit wiped(file->rewritten);
  const bool must_go = file->must_go || file->must_go_unread || (!file->rewritten.empty() && file->rewritten.size() != bytes.size());
  scan_.has_unread_file = scan_.has_unread_file || (file->is_unread && !must_go);
  const bool is_changed = must_go || !file->rewritten.empty();
  if ((!is_changed && file->findings.empty() && file->shadows.empty()) || !is_new_block(block, bytes.size(), stage)) return true;
  for (const auto& [key, count] : file->findings) scan_.findings[key] += count;
  for (const auto& [key, count] : file->shadows) scan_.shadows[key] += count;
  if (!is_changed) return true;
  note_defect("hidden_encoding");
  const auto edits = must_go ? std::nullopt : patch(file->rewritten);
  if (edits) {
    add_patches(*edits, stage);
    return true;
  }
  // A file has no place for a mask: a row of stars stands for it.
  ++scan_.findings[{"replaced", ""}];
  for (ByteRange range : source_of(block, stage)) scan_.blanked.push_back(range);
  return true;
}

void Explorer::add_patches(const std::vector<Edit>& edits, const Stage* stage) {
  for (const Edit& edit : edits) {
    const auto pieces = source_of(edit.range, stage);
    for (std::size_t i = 0; i < pieces.size(); ++i) scan_.patches.push_back({pieces[i], i == 0 ? edit.text : std::string()});
  }
}

void Explorer::hide_block(ByteRange block, std::string_view bytes, const BodyScan& inner, const BlockPatch& patch, const Stage* stage) {
  std::string now = overwritten(bytes, inner);
  const WipedAtExit wiped(now);
  const auto edits = patch(now);
  if (!edits) {
    for (ByteRange range : source_of(block, stage)) scan_.blanked.push_back(range);
    return;
  }
  add_patches(*edits, stage);
}

}  // namespace postern::pipeline
