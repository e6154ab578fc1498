#pragma once
// pipeline/redaction/validators/kinds.h: the validators one by one, by the file that has them. Ask through
// validators.h. Thread-safety: pure functions.
#include <string_view>

namespace postern::pipeline::validators {

// bank.cc
bool luhn(std::string_view value);
bool iban(std::string_view value);
bool us_aba(std::string_view value);
// ids_west.cc
bool at_svnr(std::string_view value);
bool be_nn(std::string_view value);
bool ch_ahv(std::string_view value);
bool de_steuer_id(std::string_view value);
bool es_dni_nie(std::string_view value);
bool fr_nir(std::string_view value);
bool ie_pps(std::string_view value);
bool it_codice_fiscale(std::string_view value);
bool nl_bsn(std::string_view value);
bool pt_nif(std::string_view value);
bool uk_nhs(std::string_view value);
bool uk_nino(std::string_view value);
// ids_north_east.cc
bool bg_egn(std::string_view value);
bool cz_rc(std::string_view value);
bool dk_cpr(std::string_view value);
bool ee_lt_code(std::string_view value);
bool fi_hetu(std::string_view value);
bool gr_amka(std::string_view value);
bool hr_oib(std::string_view value);
bool no_fodselsnummer(std::string_view value);
bool pl_pesel(std::string_view value);
bool ro_cnp(std::string_view value);
bool se_personnummer(std::string_view value);
bool tr_tckn(std::string_view value);
// ids_world.cc
bool au_tfn(std::string_view value);
bool br_cpf(std::string_view value);
bool ca_sin(std::string_view value);
bool cl_rut(std::string_view value);
bool cn_ric(std::string_view value);
bool in_aadhaar(std::string_view value);
bool kr_rrn(std::string_view value);
bool mx_curp(std::string_view value);
bool us_itin(std::string_view value);
bool us_ssn(std::string_view value);
bool za_id(std::string_view value);
// secrets.cc
bool github_token(std::string_view value);
bool jwt(std::string_view value);
bool not_placeholder(std::string_view value);
bool secret_entropy(std::string_view value);
// contacts.cc
bool email(std::string_view value);
bool phone(std::string_view value);

}  // namespace postern::pipeline::validators
