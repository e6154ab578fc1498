#include "pipeline/sender/arc_chain.h"

#include <algorithm>
#include <optional>

#include "core/encoding.h"
#include "pipeline/sender/arc_results.h"
#include "pipeline/sender/dkim_canon.h"

namespace postern::pipeline {
namespace {

// Indices of the fields in the layout.
struct ArcFields {
  std::vector<std::size_t> seals, signatures, results;
  std::size_t most() const { return std::max({seals.size(), signatures.size(), results.size()}); }
};

ArcFields find_fields(std::string_view header, const HeaderLayout& layout) {
  ArcFields found;
  for (std::size_t i = 0; i < layout.fields.size(); ++i) {
    const ByteRange range = layout.fields[i].name;
    const std::string_view name = header.substr(range.begin, range.size());
    if (core::equals_ignoring_case(name, "arc-seal")) found.seals.push_back(i);
    if (core::equals_ignoring_case(name, "arc-message-signature")) found.signatures.push_back(i);
    if (core::equals_ignoring_case(name, "arc-authentication-results")) found.results.push_back(i);
  }
  return found;
}

class ChainReader {
 public:
  ChainReader(std::string_view header, const HeaderLayout& layout, const DkimLimits& dkim, const ArcLimits& arc,
              core::WallTime now)
      : header_(header), layout_(layout), dkim_(dkim), arc_(arc), now_(now) {}

  ArcChain read() {
    const ArcFields fields = find_fields(header_, layout_);
    out_.instances = static_cast<std::uint32_t>(fields.most());
    if (out_.instances == 0) return std::move(out_);
    out_.result = AuthResult::kNeutral;
    (void)(check_count() && read_seals(fields.seals) && read_signatures(fields.signatures) &&
           read_results(fields.results) && check_whole(fields) && check_status() && check_usable());
    if (!out_.is_sound()) out_.sets.clear();
    return std::move(out_);
  }

 private:
  bool fail(std::string reason) {
    out_.result = AuthResult::kFail;
    out_.reason = std::move(reason);
    return false;
  }
  static std::string of_set(std::size_t instance) { return " of ARC set " + std::to_string(instance); }

  std::string_view field(std::size_t index) const {
    const ByteRange range = layout_.fields[index].whole;
    return header_.substr(range.begin, range.size());
  }

  bool check_count() {
    if (layout_.is_truncated) return fail("too many header fields");
    if (out_.instances > arc_.sets_max) return fail("more than " + std::to_string(arc_.sets_max) + " ARC sets");
    if (out_.instances > arc_.sets_checked_max) {
      return fail("more ARC sets than are checked (" + std::to_string(arc_.sets_checked_max) + ")");
    }
    out_.sets.resize(out_.instances);
    return true;
  }

  // The set that a field says it belongs to; nullptr when there is no such place or it is taken.
  ArcSet* place(std::uint32_t instance, std::vector<bool>& taken, std::string_view name, std::string_view defect) {
    out_.highest = std::max(out_.highest, instance);
    taken.resize(out_.sets.size(), false);
    if (instance == 0 || instance > out_.sets.size()) {
      fail(std::string(name) + ": " + std::string(instance == 0 ? defect : "i= leaves a gap"));
      return nullptr;
    }
    if (taken[instance - 1]) {
      fail("more than one " + std::string(name) + of_set(instance));
      return nullptr;
    }
    taken[instance - 1] = true;
    return &out_.sets[instance - 1];
  }

  // All seals are read before any is refused, so that the newest one is known.
  bool read_seals(const std::vector<std::size_t>& indices) {
    std::vector<DkimReading> readings;
    std::size_t newest = 0;
    for (const std::size_t index : indices) {
      readings.push_back(read_signature(field(index), SignatureForm::kArcSeal, dkim_, now_));
      if (readings.back().signature.instance > readings[newest].signature.instance) newest = readings.size() - 1;
    }
    if (!readings.empty()) {
      out_.sealer = readings[newest].verdict.domain;
      out_.highest = readings[newest].signature.instance;
      out_.is_ended = readings[newest].signature.chain_status == "fail";
    }
    if (out_.is_ended) return fail("the newest seal says that the chain failed");
    std::vector<bool> taken;
    for (std::size_t i = 0; i < readings.size(); ++i) {
      ArcSet* set = place(readings[i].signature.instance, taken, "ARC-Seal", readings[i].verdict.reason);
      if (set == nullptr) return false;
      set->canonical_seal = canonical_header(field(indices[i]), DkimCanon::kRelaxed);
      set->seal = std::move(readings[i]);
    }
    return true;
  }

  bool read_results(const std::vector<std::size_t>& indices) {
    std::vector<bool> taken;
    for (const std::size_t index : indices) {
      if (field(index).size() > arc_.results_bytes_max) return fail("ARC-Authentication-Results too long");
      const ByteRange range = layout_.fields[index].value;
      const std::string_view value = header_.substr(range.begin, range.size());
      const std::uint32_t instance = read_results_instance(value).value_or(0);
      ArcSet* set = place(instance, taken, "ARC-Authentication-Results", "i= missing or invalid");
      if (set == nullptr) return false;
      set->results = value;
      set->canonical.insert(0, canonical_header(field(index), DkimCanon::kRelaxed));
    }
    return true;
  }

  bool read_signatures(const std::vector<std::size_t>& indices) {
    std::vector<bool> taken;
    for (const std::size_t index : indices) {
      DkimReading reading = read_signature(field(index), SignatureForm::kArcMessage, dkim_, now_);
      ArcSet* set = place(reading.signature.instance, taken, "ARC-Message-Signature", reading.verdict.reason);
      if (set == nullptr) return false;
      set->message = std::move(reading);
      set->message_field = index;
      set->canonical += canonical_header(field(index), DkimCanon::kRelaxed);
    }
    return true;
  }

  // Each field has a place of its own, so equal counts leave no gap.
  bool check_whole(const ArcFields& fields) {
    const std::size_t count = out_.sets.size();
    if (fields.seals.size() == count && fields.signatures.size() == count && fields.results.size() == count)
      return true;
    return fail("an ARC set lacks a field");
  }

  bool check_status() {
    for (std::size_t i = 0; i < out_.sets.size(); ++i) {
      const DkimSignature& seal = out_.sets[i].seal.signature;
      if (seal.chain_status != (i == 0 ? "none" : "pass")) return fail("wrong cv=" + of_set(i + 1));
    }
    return true;
  }

  bool check_usable() {
    const DkimReading& newest = out_.sets.back().message;
    if (!newest.is_usable())
      return fail("ARC-Message-Signature" + of_set(out_.sets.size()) + ": " + newest.verdict.reason);
    for (std::size_t i = out_.sets.size(); i-- > 0;) {
      const DkimReading& seal = out_.sets[i].seal;
      if (!seal.is_usable()) return fail("ARC-Seal" + of_set(i + 1) + ": " + seal.verdict.reason);
    }
    return true;
  }

  std::string_view header_;  // as long as the call of read_arc_chain()
  const HeaderLayout& layout_;
  const DkimLimits& dkim_;
  const ArcLimits& arc_;
  core::WallTime now_;
  ArcChain out_;
};

}  // namespace

ArcChain read_arc_chain(std::string_view header, const HeaderLayout& layout, const DkimLimits& dkim,
                        const ArcLimits& arc, core::WallTime now) {
  return ChainReader(header, layout, dkim, arc, now).read();
}

std::string sealed_data(const std::vector<ArcSet>& sets, std::size_t index) {
  std::string data;
  for (std::size_t i = 0; i < index; ++i) data += sets[i].canonical + sets[i].canonical_seal;
  data += sets[index].canonical;
  std::string own = canonical_header(sets[index].seal.signature.field_without_b, DkimCanon::kRelaxed);
  own.resize(own.size() - 2);
  return data + own;
}

}  // namespace postern::pipeline
