#include "app/imports/zendesk_archive.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cstdio>
#include <memory>

#include "core/encoding.h"
#include "core/errc.h"
#include "core/file.h"

namespace postern::app {
namespace {

constexpr std::size_t kReadBytes = 1U << 20U;

struct ListName {
  std::string_view name;  // of a list in a page, and of a file
  std::string_view one;   // of an object alone
  ZendeskKind kind;
};
constexpr std::array kLists{ListName{"ticket_fields", "ticket_field", ZendeskKind::kTicketField}, ListName{"groups", "group", ZendeskKind::kGroup}, ListName{"organizations", "organization", ZendeskKind::kOrganization},
                            ListName{"users", "user", ZendeskKind::kUser}, ListName{"tickets", "ticket", ZendeskKind::kTicket},
                            ListName{"comments", "comment", ZendeskKind::kComment}};

std::uint64_t number_under(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code wrong;
  const auto out = value->to_number<std::uint64_t>(wrong);
  return wrong ? 0 : out;
}

// The number behind "tickets/" in a path or an address, or behind "comments-"; 0 when there is none.
std::uint64_t ticket_named_in(std::string_view text) {
  for (const std::string_view before : {std::string_view("tickets/"), std::string_view("comments-"), std::string_view("comments_")}) {
    for (std::size_t at = text.find(before); at != std::string_view::npos; at = text.find(before, at + 1)) {
      std::uint64_t out = 0;
      const char* begin = text.data() + at + before.size();
      const auto [end, wrong] = std::from_chars(begin, text.data() + text.size(), out);
      if (wrong == std::errc() && end != begin && out != 0) return out;
    }
  }
  return 0;
}

std::string_view text_under(const JsonObject& object, std::string_view name) {
  const Json* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string_view(value->as_string()) : std::string_view();
}

// What an object alone is: by the name of its file, by its address, or by what it has.
std::optional<ZendeskKind> kind_of(const JsonObject& object, std::string_view file) {
  const std::string stem = std::filesystem::path(file).stem().string();
  for (const ListName& each : kLists) {
    if (stem.starts_with(each.name) || text_under(object, "url").find("/" + std::string(each.name) + "/") != std::string_view::npos) return each.kind;
  }
  if (object.contains("requester_id") && object.contains("subject")) return ZendeskKind::kTicket;
  if (object.contains("email") && object.contains("role")) return ZendeskKind::kUser;
  if (object.contains("domain_names")) return ZendeskKind::kOrganization;
  if (object.contains("author_id") && object.contains("body")) return ZendeskKind::kComment;
  return std::nullopt;
}

class DocumentReader {
 public:
  DocumentReader(std::string_view file, const std::function<void(const ZendeskThing&)>& each) : file_(file), each_(each) {}

  void read(const Json& document) {
    if (document.is_array()) {
      for (const Json& one : document.as_array()) read_alone(one);
      return;
    }
    if (!document.is_object()) return;
    const JsonObject& page = document.as_object();
    bool is_page = false;
    const bool is_ticket = page.contains("requester_id");  // whose comments are a part of it
    for (const ListName& each : kLists) {
      if (is_ticket) break;
      if (const Json* list = page.if_contains(each.name); list != nullptr && list->is_array()) {
        is_page = true;
        const std::uint64_t ticket = each.kind == ZendeskKind::kComment ? owner_of(page) : 0;
        for (const Json& one : list->as_array()) tell(each.kind, one, ticket);
      }
      if (const Json* one = page.if_contains(each.one); one != nullptr && one->is_object()) {
        is_page = true;
        tell(each.kind, *one, 0);
      }
    }
    if (const Json* events = page.if_contains("ticket_events"); events != nullptr && events->is_array()) {
      is_page = true;
      for (const Json& each : events->as_array()) read_event(each);
    }
    if (!is_page) read_alone(document);
  }

 private:
  void read_alone(const Json& one) {
    if (!one.is_object()) return;
    if (one.as_object().contains("child_events")) return read_event(one);
    if (const auto kind = kind_of(one.as_object(), file_)) tell(*kind, one, *kind == ZendeskKind::kComment ? owner_of(one.as_object()) : 0);
  }

  void read_event(const Json& event) {
    if (!event.is_object()) return;
    const Json* children = event.as_object().if_contains("child_events");
    if (children == nullptr || !children->is_array()) return;
    const std::uint64_t ticket = number_under(event.as_object(), "ticket_id");
    for (const Json& each : children->as_array()) {
      if (!each.is_object()) continue;
      const std::string_view type = text_under(each.as_object(), "event_type").empty() ? text_under(each.as_object(), "type") : text_under(each.as_object(), "event_type");
      if (type == "Comment") tell(ZendeskKind::kComment, each, ticket);
    }
  }

  void tell(ZendeskKind kind, const Json& one, std::uint64_t ticket) {
    if (!one.is_object()) return;
    const JsonObject& object = one.as_object();
    if (kind == ZendeskKind::kComment && number_under(object, "ticket_id") != 0) ticket = number_under(object, "ticket_id");
    each_({kind, object, ticket});
  }

  std::uint64_t owner_of(const JsonObject& page) const {
    if (const std::uint64_t told = number_under(page, "ticket_id"); told != 0) return told;
    for (const char* name : {"next_page", "previous_page", "url"}) {
      if (const std::uint64_t named = ticket_named_in(text_under(page, name)); named != 0) return named;
    }
    return ticket_named_in(file_);
  }

  std::string_view file_;
  const std::function<void(const ZendeskThing&)>& each_;
};

// Of "attachments/ID" or "attachments/ID/NAME", wherever the folder of that name stands; 0: it is no attachment.
std::uint64_t attachment_named_in(std::string_view path) {
  constexpr std::string_view kFolder = "attachments/";
  const std::size_t at = path.starts_with(kFolder) ? 0 : path.find("/attachments/");
  if (at == std::string_view::npos) return 0;
  path.remove_prefix(at + kFolder.size() + (at == 0 ? 0 : 1));
  std::uint64_t out = 0;
  const auto [end, wrong] = std::from_chars(path.data(), path.data() + path.size(), out);
  const bool is_id = wrong == std::errc() && (end == path.data() + path.size() || *end == '/');
  return is_id ? out : 0;
}

bool is_lines(const std::string& file) { return file.ends_with(".jsonl") || file.ends_with(".ndjson"); }

}  // namespace

core::Result<ZendeskArchive> ZendeskArchive::open(const std::filesystem::path& path, ZendeskLimits limits) {
  namespace fs = std::filesystem;
  ZendeskArchive out(limits);
  std::error_code wrong;
  if (fs::is_regular_file(path, wrong)) {
    out.root_ = path.parent_path();
    out.files_.push_back(path.string());
    return out;
  }
  out.root_ = path;
  fs::recursive_directory_iterator at(path, wrong);
  for (; !wrong && at != fs::recursive_directory_iterator(); at.increment(wrong)) {
    if (at->is_directory(wrong) && at->path().filename() == "attachments") at.disable_recursion_pending();
    const std::string file = at->path().string();
    const bool is_manifest = at->path().filename() == "manifest.json";
    if (!at->is_symlink(wrong) && at->is_regular_file(wrong) && !is_manifest && (is_lines(file) || file.ends_with(".json"))) out.files_.push_back(file);
  }
  if (wrong) return core::fail(core::Errc::kIo, path.string() + ": " + wrong.message());
  if (out.files_.empty()) return core::fail(core::Errc::kInvalid, path.string() + ": no .json, .jsonl or .ndjson file");
  std::ranges::sort(out.files_);
  return out;
}

core::Result<ZendeskArchive> ZendeskArchive::open(std::shared_ptr<const PackedFiles> packed, ZendeskLimits limits) {
  ZendeskArchive out(limits);
  for (const core::TarFile& each : packed->files()) {
    const std::uint64_t attachment = attachment_named_in(each.name);
    if (attachment != 0) out.packed_attachments_.emplace(attachment, &each);
    const bool is_document = is_lines(each.name) || each.name.ends_with(".json");
    if (is_document && attachment == 0 && std::filesystem::path(each.name).filename() != "manifest.json") out.files_.push_back(each.name);
  }
  if (out.files_.empty()) return core::fail(core::Errc::kInvalid, "no .json, .jsonl or .ndjson file is in the archive");
  out.packed_ = std::move(packed);
  return out;
}

core::Result<bool> ZendeskArchive::look(core::Instant until, const core::Clock& clock) {
  while (next_file_ < files_.size() || next_document_ < documents_.size()) {
    if (next_document_ == documents_.size()) POSTERN_CHECK(find_documents(next_file_++));
    if (next_document_ < documents_.size()) POSTERN_CHECK(look_into(next_document_++));
    if (clock.now() >= until) return false;
  }
  std::ranges::sort(items_, {}, [](const Item& item) { return std::tuple(item.kind, item.document); });
  return true;
}

core::Result<void> ZendeskArchive::find_documents(std::uint32_t file) {
  const ArchivedFile open = open_archived(packed_.get(), files_[file]);
  if (!open) return core::fail(core::Errc::kIo, files_[file] + ": cannot be read");
  if (!is_lines(files_[file])) {
    documents_.push_back({file, 0, archived_size(packed_.get(), files_[file])});
    return {};
  }
  std::string buffer(kReadBytes, '\0');
  std::uint64_t begin = 0, offset = 0;
  for (std::size_t got = 0; (got = std::fread(buffer.data(), 1, buffer.size(), open.get())) > 0; offset += got) {
    for (std::size_t at = buffer.find('\n'); at < got; at = buffer.find('\n', at + 1)) {
      if (offset + at > begin + 1) documents_.push_back({file, begin, offset + at});
      begin = offset + at + 1;
    }
    if (documents_.size() > limits_.documents_max) return core::fail(core::Errc::kInvalid, files_[file] + ": too many lines; import parts of it");
  }
  if (offset > begin + 1) documents_.push_back({file, begin, offset});
  return {};
}

core::Result<std::string> ZendeskArchive::read(const Document& document) const {
  if (document.end - document.begin > limits_.document_bytes_max) return core::fail(core::Errc::kInvalid, "too_large");
  const ArchivedFile open = open_archived(packed_.get(), files_[document.file]);
  std::string out(document.end - document.begin, '\0');
  const bool is_there = open && ::fseeko(open.get(), static_cast<off_t>(document.begin), SEEK_SET) == 0;
  if (!is_there || std::fread(out.data(), 1, out.size(), open.get()) != out.size()) return core::fail(core::Errc::kInvalid, "unreadable");
  return out;
}

core::Result<void> ZendeskArchive::look_into(std::size_t document) {
  std::array<bool, kLists.size()> has{};
  const std::string& file = files_[documents_[document].file];
  auto bytes = read(documents_[document]);
  boost::system::error_code wrong;
  const Json parsed = bytes ? boost::json::parse(*bytes, wrong) : Json();
  if (!bytes || wrong) {
    items_.push_back({ZendeskKind::kGroup, document});  // is told when its turn comes
    return {};
  }
  const std::function<void(const ZendeskThing&)> note = [&](const ZendeskThing& thing) {
    has[static_cast<std::size_t>(thing.kind)] = true;
    if (thing.kind == ZendeskKind::kComment && thing.ticket != 0) commented_.insert(thing.ticket);
  };
  DocumentReader(file, note).read(parsed);
  for (std::size_t kind = 0; kind < has.size(); ++kind) {
    if (has[kind]) items_.push_back({static_cast<ZendeskKind>(kind), document});
  }
  return {};
}

std::string ZendeskArchive::name_of(std::size_t item) const {
  const Document& document = documents_[items_[item].document];
  return files_[document.file] + "@" + std::to_string(document.begin);
}

bool ZendeskArchive::visit(std::size_t item, const std::function<void(const ZendeskThing&)>& each, std::string& why) const {
  const Document& document = documents_[items_[item].document];
  const auto bytes = read(document);
  if (!bytes) {
    why = bytes.error().context();
    return false;
  }
  boost::system::error_code wrong;
  const Json parsed = boost::json::parse(*bytes, wrong);
  if (wrong) {
    why = "not_json";
    return false;
  }
  const std::function<void(const ZendeskThing&)> of_kind = [&](const ZendeskThing& thing) {
    if (thing.kind == items_[item].kind) each(thing);
  };
  DocumentReader(files_[document.file], of_kind).read(parsed);
  return true;
}

core::Result<std::string> ZendeskArchive::packed_attachment(std::uint64_t id, std::size_t bytes_max) const {
  const auto found = packed_attachments_.find(id);
  if (found == packed_attachments_.end() || found->second->size > bytes_max) return core::fail(core::Errc::kIo, "attachment/" + std::to_string(id));
  return std::string(packed_->content(*found->second));
}

core::Result<std::string> ZendeskArchive::attachment(std::uint64_t id, std::size_t bytes_max) const {
  namespace fs = std::filesystem;
  if (packed_) return packed_attachment(id, bytes_max);
  const fs::path place = root_ / "attachments" / std::to_string(id);
  std::error_code wrong;
  // A link may lead anywhere on this machine.
  for (const fs::path& each : {root_ / "attachments", place}) {
    if (fs::is_symlink(each, wrong)) return core::fail(core::Errc::kIo, "attachment/" + std::to_string(id));
  }
  if (fs::is_regular_file(place, wrong)) return core::read_file(place, bytes_max);
  for (fs::directory_iterator at(place, wrong); !wrong && at != fs::directory_iterator(); at.increment(wrong)) {
    if (at->is_regular_file(wrong) && !at->is_symlink(wrong)) return core::read_file(at->path(), bytes_max);
  }
  return core::fail(core::Errc::kIo, "attachment/" + std::to_string(id));
}

}  // namespace postern::app
