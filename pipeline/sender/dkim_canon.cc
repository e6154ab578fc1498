#include "pipeline/sender/dkim_canon.h"

#include <algorithm>
#include <array>

#include "core/assert.h"
#include "core/encoding.h"
#include "core/secret.h"
#include "pipeline/sender/openssl_key.h"

namespace postern::pipeline {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Emits the canonical body piece by piece into `sink(std::string_view)`.
template <class Sink>
class BodyCanonicalizer {
 public:
  BodyCanonicalizer(DkimCanon canon, Sink& sink) : canon_(canon), sink_(sink) {}

  void run(std::string_view body) {
    std::size_t at = 0;
    while (at < body.size()) {
      std::size_t end = body.find("\r\n", at);
      const std::size_t next = end == std::string_view::npos ? body.size() : end + 2;
      if (end == std::string_view::npos) end = body.size();
      line(body.substr(at, end - at));
      at = next;
    }
    // An empty body is CRLF in simple form and nothing in relaxed form (sections 3.4.3, 3.4.4).
    if (!has_content_ && canon_ == DkimCanon::kSimple) sink_("\r\n");
  }

 private:
  void line(std::string_view text) {
    if (canon_ == DkimCanon::kRelaxed) {
      while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    }
    if (text.empty()) {
      ++empty_lines_;
      return;
    }
    for (; empty_lines_ > 0; --empty_lines_) sink_("\r\n");
    has_content_ = true;
    if (canon_ == DkimCanon::kSimple) {
      sink_(text);
    } else {
      relaxed(text);
    }
    sink_("\r\n");
  }

  // Runs of blanks become one space.
  void relaxed(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
      std::size_t end = at;
      while (end < text.size() && !is_blank(text[end])) ++end;
      if (end > at) sink_(text.substr(at, end - at));
      if (end == text.size()) return;
      while (end < text.size() && is_blank(text[end])) ++end;
      sink_(" ");
      at = end;
    }
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
  for (const char c : field.substr(colon + 1)) {
    if (c == '\r' || c == '\n') continue;  // unfolding: the white space behind stays and is reduced
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
                                       const std::vector<std::string>& names) {
  std::vector<std::size_t> selected;
  std::vector<bool> taken(layout.fields.size(), false);
  for (const std::string& name : names) {
    for (std::size_t i = layout.fields.size(); i-- > 0;) {
      const ByteRange range = layout.fields[i].name;
      if (taken[i] || !core::equals_ignoring_case(message.substr(range.begin, range.size()), name)) continue;
      taken[i] = true;
      selected.push_back(i);
      break;
    }
  }
  return selected;
}

std::string signed_header_data(std::string_view message, const HeaderLayout& layout,
                               const std::vector<std::string>& names, std::string_view signature_field_without_b,
                               DkimCanon canon) {
  std::string data;
  for (const std::size_t index : select_fields(message, layout, names)) {
    const ByteRange whole = layout.fields[index].whole;
    data += canonical_header(message.substr(whole.begin, whole.size()), canon);
  }
  std::string own = canonical_header(signature_field_without_b, canon);
  own.resize(own.size() - 2);
  return data + own;
}

}  // namespace postern::pipeline
