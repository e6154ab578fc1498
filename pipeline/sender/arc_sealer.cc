#include "pipeline/sender/arc_sealer.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/encoding.h"
#include "pipeline/sender/arc_results.h"
#include "pipeline/sender/dkim_canon.h"
#include "pipeline/sender/signing_key.h"

namespace postern::pipeline {
namespace {

constexpr std::array<std::string_view, 12> kOnce{
    "from",     "to",          "cc",         "subject",      "date",         "message-id",
    "reply-to", "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding"};

std::vector<std::string> default_names() {
  std::vector<std::string> names;
  for (const std::string_view name : kOnce) names.insert(names.end(), 2, std::string(name));
  return names;
}

std::vector<std::string> with_signatures(std::vector<std::string> names, std::string_view message,
                                         const HeaderLayout& layout) {
  for (const SignedField& field : layout.fields) {
    const std::string_view name = message.substr(field.name.begin, field.name.size());
    if (core::equals_ignoring_case(name, "dkim-signature")) names.emplace_back("dkim-signature");
  }
  return names;
}

std::vector<std::string> listed(const std::vector<std::string>& names) {
  std::vector<std::string> pieces;
  for (std::size_t i = 0; i < names.size(); ++i)
    pieces.push_back((i == 0 ? "h=" : "") + names[i] + (i + 1 < names.size() ? ":" : ";"));
  return pieces;
}

}  // namespace

ArcSealer::ArcSealer(core::Clock& clock, std::shared_ptr<const SigningKey> key, ArcSealOptions options)
    : clock_(clock), key_(std::move(key)), options_(std::move(options)) {}

// A signed field: head, b=, tail. Tags stand in the order of their names, as the conformance suite expects.
core::Result<std::string> ArcSealer::sign(std::string_view name, const std::vector<std::string>& head,
                                          const std::vector<std::string>& tail, const std::string& data_before) const {
  FoldedField begin(std::string(name) + ":", options_.columns_max);
  for (const std::string& tag : head) begin.add(tag, true);
  begin.add("b=", true);
  FoldedField end(";\r\n\t" + tail[0], options_.columns_max);
  for (std::size_t i = 1; i < tail.size(); ++i) end.add(tail[i], tail[i].find('=') != std::string::npos);
  std::string own = canonical_header(begin.text() + end.text(), DkimCanon::kRelaxed);
  own.resize(own.size() - 2);
  POSTERN_TRY(const std::string signature, make_signature(*key_, data_before + own));
  begin.add_split(core::to_base64(signature));
  return begin.text() + end.text() + "\r\n";
}

core::Result<std::string> ArcSealer::seal(std::string_view message, const ArcVerdict& found,
                                          std::string_view results) const {
  const HeaderLayout layout = split_header(message, options_.dkim.header_fields_max);
  const ArcChain chain = read_arc_chain(message, layout, options_.dkim, options_.arc, clock_.wall_now());
  const std::uint32_t instance = std::max(chain.instances, chain.highest) + 1;
  if (chain.is_ended || instance > options_.arc.sets_max) return std::string();
  // Section 5.2.1: whatever went wrong is permanent from here on.
  const bool holds = chain.is_sound() && found.result == AuthResult::kPass;
  const std::string status = chain.instances == 0 ? "none" : holds ? "pass" : "fail";
  const std::string number = std::to_string(instance);
  const std::string time = std::to_string(core::to_unix_ms(clock_.wall_now()) / 1000);
  const std::string algorithm = "a=" + std::string(to_string(key_->info.algorithm)) + ";";
  const std::string domain = "d=" + key_->info.domain + ";";
  const std::string selector = "s=" + key_->info.selector + ";";

  const std::string aar = "ARC-Authentication-Results: i=" + number + "; " + std::string(results) + "\r\n";
  const std::vector<std::string> names =
      options_.names.empty() ? with_signatures(default_names(), message, layout) : options_.names;
  const std::string body_hash =
      core::to_base64(hash_body(message.substr(layout.body_begin), DkimCanon::kRelaxed, std::nullopt).digest);
  std::string covered;
  for (const std::size_t index : select_fields(message, layout, names)) {
    const ByteRange whole = layout.fields[index].whole;
    covered += canonical_header(message.substr(whole.begin, whole.size()), DkimCanon::kRelaxed);
  }
  std::vector<std::string> tail{"bh=" + body_hash + ";", "c=relaxed/relaxed;", domain};
  for (std::string& piece : listed(names)) tail.push_back(std::move(piece));
  for (const std::string& tag : {"i=" + number + ";", selector, "t=" + time}) tail.push_back(tag);
  POSTERN_TRY(const std::string ams, sign("ARC-Message-Signature", {algorithm}, tail, covered));

  // Section 5.1.2: a seal on a broken chain signs its own set only, since nobody can tell which others there were.
  std::string sealed;
  if (holds) {
    for (const ArcSet& set : chain.sets) sealed += set.canonical + set.canonical_seal;
  }
  for (const std::string& field : {aar, ams})
    sealed += canonical_header(std::string_view(field).substr(0, field.size() - 2), DkimCanon::kRelaxed);
  POSTERN_TRY(const std::string as,
              sign("ARC-Seal", {algorithm}, {"cv=" + status + ";", domain, "i=" + number + ";", selector, "t=" + time},
                   sealed));
  return as + ams + aar;
}

std::string collect_results(std::string_view message, const HeaderLayout& layout, std::string_view authserv_id) {
  std::string out(authserv_id);
  for (const SignedField& field : layout.fields) {
    const std::string_view name = message.substr(field.name.begin, field.name.size());
    if (!core::equals_ignoring_case(name, "authentication-results")) continue;
    const std::string_view value = message.substr(field.value.begin, field.value.size());
    const std::optional<ResultsField> found = read_results(value);
    if (!found || !core::equals_ignoring_case(found->authserv_id, authserv_id)) continue;
    std::string_view results = core::trim_ascii(value.substr(found->written.begin, found->written.size()));
    while (results.ends_with(';')) results = core::trim_ascii(results.substr(0, results.size() - 1));
    if (!found->methods.empty()) out += ";\r\n\t" + std::string(results);
  }
  return out.size() > authserv_id.size() ? out : out + "; none";
}

}  // namespace postern::pipeline
