#include "pipeline/redaction/validators/validators.h"

#include <algorithm>

#include "pipeline/redaction/validators/kinds.h"

namespace postern::pipeline {
namespace {

struct Entry {
  std::string_view name;  // static storage
  bool (*is_valid)(std::string_view value);
};

// Sorted by name.
constexpr Entry kEntries[] = {
    {"at_svnr", validators::at_svnr},
    {"au_tfn", validators::au_tfn},
    {"be_nn", validators::be_nn},
    {"bg_egn", validators::bg_egn},
    {"br_cpf", validators::br_cpf},
    {"ca_sin", validators::ca_sin},
    {"ch_ahv", validators::ch_ahv},
    {"cl_rut", validators::cl_rut},
    {"cn_ric", validators::cn_ric},
    {"cz_rc", validators::cz_rc},
    {"de_steuer_id", validators::de_steuer_id},
    {"dk_cpr", validators::dk_cpr},
    {"ee_lt_code", validators::ee_lt_code},
    {"email", validators::email},
    {"es_dni_nie", validators::es_dni_nie},
    {"fi_hetu", validators::fi_hetu},
    {"fr_nir", validators::fr_nir},
    {"github_token", validators::github_token},
    {"gr_amka", validators::gr_amka},
    {"hr_oib", validators::hr_oib},
    {"iban", validators::iban},
    {"ie_pps", validators::ie_pps},
    {"in_aadhaar", validators::in_aadhaar},
    {"it_codice_fiscale", validators::it_codice_fiscale},
    {"jwt", validators::jwt},
    {"kr_rrn", validators::kr_rrn},
    {"luhn", validators::luhn},
    {"mx_curp", validators::mx_curp},
    {"nl_bsn", validators::nl_bsn},
    {"no_fodselsnummer", validators::no_fodselsnummer},
    {"not_placeholder", validators::not_placeholder},
    {"phone", validators::phone},
    {"pl_pesel", validators::pl_pesel},
    {"pt_nif", validators::pt_nif},
    {"ro_cnp", validators::ro_cnp},
    {"se_personnummer", validators::se_personnummer},
    {"secret_entropy", validators::secret_entropy},
    {"tr_tckn", validators::tr_tckn},
    {"uk_nhs", validators::uk_nhs},
    {"uk_nino", validators::uk_nino},
    {"us_aba", validators::us_aba},
    {"us_itin", validators::us_itin},
    {"us_ssn", validators::us_ssn},
    {"za_id", validators::za_id},
};

const Entry* find_entry(std::string_view name) {
  const auto* at = std::lower_bound(std::begin(kEntries), std::end(kEntries), name,
                                    [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
  return at != std::end(kEntries) && at->name == name ? at : nullptr;
}

}  // namespace

bool is_known_validator(std::string_view name) { return find_entry(name) != nullptr; }

std::vector<std::string_view> validator_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kEntries) names.push_back(entry.name);
  return names;
}

bool is_valid(std::string_view name, std::string_view value) {
  const Entry* entry = find_entry(name);
  return entry != nullptr && value.size() <= kValueBytesMax && entry->is_valid(value);
}

}  // namespace postern::pipeline
