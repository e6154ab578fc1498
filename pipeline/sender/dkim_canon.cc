#include "pipeline/sender/dkim_canon.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/assert.h"
#include "core/encoding.h"
#include "core/secret.h"
#include "pipeline/sender/openssl_key.h"

namespace postern::pipeline {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr std::size_t kBlockBytes = 1024;

// True when relaxed canonicalisation leaves these whole lines as they are: no tab, no run of blanks, no blank at the
// end of a line. Without branches, so that it runs many bytes at a time.
bool is_relaxed_already(std::string_view lines) {
  unsigned odd = lines.front() == '\t' || is_blank(lines.back()) ? 1U : 0U;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto is_tab = static_cast<unsigned>(lines[i] == '\t');
    const auto behind_blank = static_cast<unsigned>(lines[i - 1] == ' ');
    odd |= is_tab | (behind_blank & static_cast<unsigned>(lines[i] == ' ' || lines[i] == '\r'));
  }
  return odd == 0;
}

// Emits the canonical body piece by piece into `sink(std::string_view)`.
template <class Sink>
class BodyCanonicalizer {
 public:
  BodyCanonicalizer(DkimCanon canon, Sink& sink) : canon_(canon), sink_(sink) {}

  void run(std::string_view body) {
    for (std::size_t at = 0; at < body.size();) {
      const std::string_view block = body.substr(at, block_size(body, at));
      if (canon_ == DkimCanon::kSimple || is_relaxed_already(block)) {
        keep(block);
      } else {
        rewrite(block);
      }
      at += block.size();
    }
    // An empty body is CRLF in simple form and nothing in relaxed form (sections 3.4.3, 3.4.4).
    if (!has_content_ && canon_ == DkimCanon::kSimple) sink_("\r\n");
  }

 private:
  // Whole lines, about kBlockBytes of them; the last one may lack its CRLF.
  static std::size_t block_size(std::string_view body, std::size_t at) {
    if (body.size() - at <= kBlockBytes) return body.size() - at;
    const std::size_t inside = body.substr(at, kBlockBytes).rfind("\r\n");
    if (inside != std::string_view::npos) return inside + 2;
    const std::size_t behind = body.find("\r\n", at + kBlockBytes - 1);
    return behind == std::string_view::npos ? body.size() - at : behind + 2 - at;
  }

  // Lines that stay as they are, but for empty ones that may turn out to be the last of the body.
  void keep(std::string_view block) {
    std::size_t ends = 0;
    for (; block.ends_with("\r\n"); ++ends) block.remove_suffix(2);
    if (block.empty()) {
      empty_lines_ += ends;
      return;
    }
    for (; empty_lines_ > 0; --empty_lines_) sink_("\r\n");
    has_content_ = true;
    sink_(block);
    sink_("\r\n");
    empty_lines_ = ends > 0 ? ends - 1 : 0;
  }

  void rewrite(std::string_view block) {
    std::size_t at = 0;
    while (at < block.size()) {
      std::size_t end = block.find("\r\n", at);
      const std::size_t next = end == std::string_view::npos ? block.size() : end + 2;
      if (end == std::string_view::npos) end = block.size();
      line(block.substr(at, end - at));
      at = next;
    }
  }

  void line(std::string_view text) {
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    if (text.empty()) {
      ++empty_lines_;
      return;
    }
    for (; empty_lines_ > 0; --empty_lines_) sink_("\r\n");
    has_content_ = true;
    relaxed(text);
    sink_("\r\n");
  }

  // Runs of blanks become one space. Most are one already, so a line mostly leaves in one piece.
  void relaxed(std::string_view text) {
    std::size_t begin = 0;
    std::size_t at = 0;
    while (at < text.size()) {
      if (!is_blank(text[at])) {
        ++at;
        continue;
      }
      std::size_t end = at + 1;
      while (end < text.size() && is_blank(text[end])) ++end;
      if (end - at > 1 || text[at] != ' ') {
        sink_(text.substr(begin, at - begin));
        sink_(" ");
        begin = end;
      }
      at = end;
    }
    if (begin < text.size()) sink_(text.substr(begin));
  }

  DkimCanon canon_;
  Sink& sink_;
  std::size_t empty_lines_ = 0;
  bool has_content_ = false;
};

// Gathers small pieces, so that the digest is fed in blocks.
class DigestSink {
 public:
  DigestSink(std::optional<std::uint64_t> length_max, DkimHash hash) : length_max_(length_max) {
    const EVP_MD* digest = hash == DkimHash::kSha256 ? EVP_sha256() : EVP_sha1();
    POSTERN_ASSERT(context_ != nullptr && EVP_DigestInit_ex(context_.get(), digest, nullptr) == 1);
  }
  void operator()(std::string_view piece) {
    const std::uint64_t before = total_;
    total_ += piece.size();
    if (length_max_) {
      if (before >= *length_max_) return;
      piece = piece.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), *length_max_ - before)));
    }
    if (piece.size() > buffer_.size() - used_) flush();
    if (piece.size() >= buffer_.size()) {
      POSTERN_ASSERT(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
      return;
    }
    std::copy(piece.begin(), piece.end(), buffer_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += piece.size();
  }
  DkimBodyHash finish() {
    flush();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    POSTERN_ASSERT(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    core::wipe(buffer_.data(), buffer_.size());
    return {std::string(digest.begin(), digest.begin() + size), total_};
  }

 private:
  void flush() {
    POSTERN_ASSERT(EVP_DigestUpdate(context_.get(), buffer_.data(), used_) == 1);
    used_ = 0;
  }
  DigestContext context_{EVP_MD_CTX_new()};
  std::optional<std::uint64_t> length_max_;
  std::array<char, 4096> buffer_;
  std::size_t used_ = 0;
  std::uint64_t total_ = 0;
};

std::string relaxed_header(std::string_view field) {
  const std::size_t colon = field.find(':');
  std::string_view name = field.substr(0, colon);
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  std::string out = core::to_lower_ascii(name);
  out.push_back(':');
  if (colon == std::string_view::npos) return out + "\r\n";
  bool pending_blank = false;
  bool has_text = false;
  const std::string_view value = field.substr(colon + 1);
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (value.substr(i, 2) == "\r\n") {
      ++i;  // unfolding: the white space behind stays and is reduced
      continue;
    }
    if (is_blank(c)) {
      pending_blank = true;
      continue;
    }
    if (pending_blank && has_text) out.push_back(' ');
    pending_blank = false;
    has_text = true;
    out.push_back(c);
  }
  return out + "\r\n";
}

}  // namespace

DkimBodyHash hash_body(std::string_view body, DkimCanon canon, std::optional<std::uint64_t> length_max, DkimHash hash) {
  DigestSink sink(length_max, hash);
  BodyCanonicalizer<DigestSink>(canon, sink).run(body);
  return sink.finish();
}

std::string canonical_body(std::string_view body, DkimCanon canon) {
  std::string out;
  auto sink = [&out](std::string_view piece) { out += piece; };
  BodyCanonicalizer<decltype(sink)>(canon, sink).run(body);
  return out;
}

std::string canonical_header(std::string_view field, DkimCanon canon) {
  return canon == DkimCanon::kSimple ? std::string(field) + "\r\n" : relaxed_header(field);
}

std::vector<std::size_t> select_fields(std::string_view message, const HeaderLayout& layout,
                                       const std::vector<std::string>& names, std::optional<std::size_t> own) {
  // One pass over the fields, however many names there are.
  std::unordered_map<std::string, std::vector<std::size_t>> by_name;  // indices from the top, the next to take at the end
  for (const std::string& name : names) by_name.try_emplace(name);
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const ByteRange range = layout.fields[i].name;
    if (i == own) continue;
    const auto it = by_name.find(core::to_lower_ascii(message.substr(range.begin, range.size())));
    if (it != by_name.end()) it->second.push_back(i);
  }
  std::vector<std::size_t> selected;
  for (const std::string& name : names) {
    std::vector<std::size_t>& left = by_name[name];
    if (left.empty()) continue;
    selected.push_back(left.back());
    left.pop_back();
  }
  return selected;
}

std::string signed_header_data(std::string_view message, const HeaderLayout& layout,
                               const std::vector<std::string>& names, std::string_view signature_field_without_b,
                               DkimCanon canon, std::optional<std::size_t> own) {
  std::string data;
  for (const std::size_t index : select_fields(message, layout, names, own)) {
    const ByteRange whole = layout.fields[index].whole;
    data += canonical_header(message.substr(whole.begin, whole.size()), canon);
  }
  std::string own_text = canonical_header(signature_field_without_b, canon);
  own_text.resize(own_text.size() - 2);
  return data + own_text;
}

}  // namespace postern::pipeline
