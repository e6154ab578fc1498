// Each validator takes published examples and refuses them with a wrong check digit, date, length or letter.
#include "pipeline/redaction/validators/validators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "core/encoding.h"
#include "tests/pipeline/redaction/card_text.h"

namespace postern::pipeline {
namespace {

struct Case {
  const char* validator;
  std::vector<std::string> valid;
  std::vector<std::string> invalid;
};

// Examples of the norms and of the issuing bodies' own pages; none belongs to a person as far as is known.
const std::vector<Case>& western_cases() {
  static const std::vector<Case> all{
      {"luhn",
       {"79927398713", "4111 1111 1111 1111", "490154203237518"},
       {"79927398710", "0000000000", "", "4111x1111"}},
      {"iban",
       {"DE89370400440532013000", "DZ580002100001113000000570", "GB82 WEST 1234 5698 7654 32",
        "fr14 2004 1010 0505 0001 3m02 606", "BE68-5390-0754-7034", "MT84MALT011000012345MTLCAST001S",
        "NO9386011117947", "BR9700360305000010009795493P1", "LC55HEMM000100010012001200023015"},
       {"DE89370400440532013001", "DE8937040044053201300", "ZZ89370400440532013000", "DE00370400440532013000",
        "GB82WE5T12345698765432", ""}},
      {"us_aba", {"021000021", "111000025", "0110 0001 5"}, {"021000022", "901000021", "02100002", "000000000"}},
      {"at_svnr", {"1237 010180"}, {"2237 010180", "1237 320180", "0237010180"}},
      {"be_nn", {"85.07.30-033.28", "17073003384"}, {"85073003329", "85.37.30-033.28", "12345678901"}},
      {"ch_ahv", {"756.9217.0769.85", "7569217076985"}, {"7569217076984", "1234567890128", "756921707698"}},
      {"de_steuer_id", {"36 574 261 809", "65929970489"}, {"36574261890", "36554266806", "06574261809", "11145678907"}},
      {"es_dni_nie", {"54362315-K", "x-2482300w", "12345678Z"}, {"54362315Z", "X2482300A", "00000000T", "1234567"}},
      {"fr_nir",
       {"2 95 10 99 126 111 93", "253072B07300470", "253072A07300443"},
       {"295109912611199", "295139912611193", "253072C07300470"}},
      {"ie_pps", {"6433435F", "6433435FW", "6433435OA"}, {"6433435E", "643343F", "0000000W", "6433435FZ"}},
      {"it_codice_fiscale",
       {"RCCMNL83S18D969H", "rcc mnl 83s18 d969h"},
       {"RCCMNL83S18D969A", "RCCMNL83S18D969", "RCCMNL83S72D969H"}},
      {"nl_bsn", {"1112.22.333", "111222333", "123456782"}, {"111252333", "000000000", "000881910", "11122233"}},
      {"pt_nif", {"123456789", "299 999 998"}, {"123456780", "501964843", "12345678"}},
      {"uk_nhs", {"943 476 5870", "9434765919"}, {"9434765871", "943476587"}},
      {"uk_nino",
       {"AB 12 34 56 C", "jg103759a", "AA123456"},
       {"QQ123456C", "GB123456A", "AB123456E", "ABC23456A", "AO123456A"}},
  };
  return all;
}

const std::vector<Case>& other_cases() {
  static const std::vector<Case> all{
      {"bg_egn", {"7523169263", "8032056031"}, {"8032056032", "8019010008", "803205603"}},
      {"cz_rc", {"710319/2745", "530701123"}, {"7103192746", "710319/27", "713319/2745", "590312123"}},
      {"dk_cpr", {"211062-5629"}, {"311162-5629", "211362-5629", "211062-562"}},
      {"ee_lt_code", {"36805280109", "33309240064"}, {"36805280108", "36813280109", "96805280109"}},
      {"fi_hetu",
       {"131052-308T", "131052A308T", "131052y308t"},
       {"131052-308U", "310252-308Y", "131052G308T", "131052-001T", "1310523308T"}},
      {"gr_amka", {"01013099997"}, {"01013099999", "32013099997"}},
      {"hr_oib", {"33392005961", "94577403194"}, {"33392005962", "3339200596"}},
      {"no_fodselsnummer", {"151086 95088"}, {"15108695077", "15138695088", "75108695088"}},
      {"pl_pesel", {"44051401359", "02070803628"}, {"44051401358", "02381307589"}},
      {"ro_cnp", {"1630615123457"}, {"1630615123458", "0630615123457", "1632215123457", "1630615993454"}},
      {"se_personnummer",
       {"880320-0016", "19880320-0016", "880320+0016"},
       {"880320-0018", "881320-0016", "17880320-0016"}},
      {"tr_tckn", {"17291716060", "10000000146"}, {"17291716050", "1729171606", "07291716092"}},
      {"au_tfn", {"123 456 782", "876543210"}, {"999 999 999", "123456789", "1234567"}},
      {"br_cpf", {"390.533.447-05", "529.982.247-25"}, {"231.002.999-00", "111.111.111-11", "3905334470"}},
      {"ca_sin", {"123-456-782", "193 456 787"}, {"999-999-999", "823456785", "023456785", "12345678Z"}},
      {"cl_rut", {"76086428-5", "12.531.909-2", "20.347.878-K"}, {"12531909-3", "76086A28-5", "1-9"}},
      {"cn_ric",
       {"360426199101010071", "11010519491231002X"},
       {"360426199101010072", "360426199113010071", "36042619910101007"}},
      {"in_aadhaar", {"2341 2341 2346"}, {"234123412347", "123412341234", "222222222222"}},
      {"kr_rrn", {"971013-9019902"}, {"971013-9019903", "971313-9019902"}},
      {"mx_curp", {"BOXW310820HNERXN09"}, {"BOXW310820HNERXN08", "BOXW311320HNERXN09", "BOXW310820KNERXN09"}},
      {"us_itin", {"912-90-3456", "945711234"}, {"912-93-3456", "812-90-3456", "912-49-3456"}},
      {"us_ssn",
       {"536-90-4399", "123-45-6789"},
       {"078-05-1120", "000-12-3456", "666-12-3456", "900-12-3456", "536-00-4399", "536-90-0000"}},
      {"za_id", {"7503305044089"}, {"7503305044088", "8513305044089", "7503305054089"}},
      {"email",
       {"ann@example.org", "Ann.Lee+x@mail.example.co.uk", "o_neil@sub.example.com"},
       {"ann@localhost", "@example.org", "ann.@example.org", "a..b@example.org", "ann@-x.example", "ann@1.2.3.4",
        "ann@example.o"}},
      {"phone",
       {"+44 20 7946 0958", "0033 1 23 45 67 89", "+1 (212) 555-0142", "+44 (0)20 7946 0958", "+4915112345678"},
       {"+999 123 456 789", "+1 555 0142", "02079460958", "+44 20", "+49 1511234567890123"}},
      {"not_placeholder",
       {"Tr0ub4dor&3", "correcthorse", "12345678", "hunter2."},
       {"required", "Required.", "********", "xxxxxxxx", "<your password>", "your-key-here", "${DB_PASSWORD}", "abc",
        "----", "oubli\u00E9", "\u2587\u2587\u2587\u2587"}},
      {"secret_entropy",
       {"9fQ2mZ7kL0pX4vB8", "7d9c2f41b8e6035a", "AKIAIOSFODNN7EXAMPLE"},
       {"your-api-key-here-1", "XXXXXXXXXXXXXXXX1", "ACCESS_TOKEN_GOES_HERE", "0000000000000000", "abcdefghijklmnop1",
        "1234567890123456", "aaaabbbb1111"}},
  };
  return all;
}

std::vector<Case> cases() {
  std::vector<Case> all = western_cases();
  all.insert(all.end(), other_cases().begin(), other_cases().end());
  return all;
}

TEST(Validators, TakePublishedExamplesAndRefuseWrongOnes) {
  for (const Case& one : cases()) {
    for (const std::string& value : one.valid)
      EXPECT_TRUE(is_valid(one.validator, value)) << one.validator << " " << value;
    for (const std::string& value : one.invalid)
      EXPECT_FALSE(is_valid(one.validator, value)) << one.validator << " " << value;
  }
}

TEST(Validators, EachIsTestedAndKnown) {
  std::set<std::string_view> tested{"github_token", "jwt"};
  for (const Case& one : cases()) tested.insert(one.validator);
  const std::vector<std::string_view> names = validator_names();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (std::string_view name : names) {
    EXPECT_TRUE(is_known_validator(name)) << name;
    EXPECT_TRUE(tested.contains(name)) << name;
  }
  EXPECT_EQ(tested.size(), names.size());
  EXPECT_FALSE(is_known_validator("zodiac"));
  EXPECT_FALSE(is_known_validator(""));
  EXPECT_FALSE(is_valid("zodiac", "79927398713"));
}

// A check digit finds every single wrong digit.
TEST(Validators, OneWrongDigitIsRefused) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{{"iban", "DE89370400440532013000"},
                                                                                    {"fr_nir", "295109912611193"},
                                                                                    {"in_aadhaar", "234123412346"},
                                                                                    {"hr_oib", "33392005961"},
                                                                                    {"luhn", "79927398713"},
                                                                                    {"nl_bsn", "111222333"},
                                                                                    {"br_cpf", "52998224725"},
                                                                                    {"tr_tckn", "17291716060"}}) {
    for (std::size_t at = 0; at < value.size(); ++at) {
      if (value[at] < '0' || value[at] > '9') continue;
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string wrong = value;
        wrong[at] = digit;
        EXPECT_EQ(is_valid(name, wrong), wrong == value) << name << " " << wrong;
      }
    }
  }
}

// The example of GitHub's own announcement, put together here so that no scanner takes it for a token.
TEST(Validators, GithubTokensCarryTheirChecksum) {
  const std::string random = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ";
  const std::string prefix = std::string("gh") + "p_";
  EXPECT_TRUE(is_valid("github_token", prefix + random + "0mLq17"));
  EXPECT_TRUE(is_valid("github_token", std::string("gh") + "s_" + random + "0mLq17"));
  EXPECT_FALSE(is_valid("github_token", prefix + random + "0mLq18"));
  EXPECT_FALSE(is_valid("github_token", prefix + random + "0mLq1"));
  EXPECT_FALSE(is_valid("github_token", std::string("gh") + "x_" + random + "0mLq17"));
  const std::string fine =
      std::string("github_") + "pat_" + "11ABCDEFG0aBcDeFgHiJkL" + "_" + random + random.substr(0, 29);
  EXPECT_TRUE(is_valid("github_token", fine));
  EXPECT_FALSE(is_valid("github_token", fine.substr(0, fine.size() - 1)));
}

TEST(Validators, JwtsBeginWithAHeaderThatNamesAnAlgorithm) {
  const auto token = [](std::string_view header) {
    return core::to_base64url(header) + "." + core::to_base64url(R"({"sub":"1"})") + ".c2lnbmF0dXJl";
  };
  EXPECT_TRUE(is_valid("jwt", token(R"({"alg":"HS256","typ":"JWT"})")));
  EXPECT_TRUE(is_valid("jwt", token(R"({ "typ":"JWT", "alg" : "none" })")));
  EXPECT_TRUE(is_valid("jwt", token(R"({"alg":"dir","enc":"A128GCM"})") + ".b.c"));  // five parts: RFC 7516
  EXPECT_FALSE(is_valid("jwt", token(R"({"typ":"JWT"})")));
  EXPECT_FALSE(is_valid("jwt", token("alg")));
  EXPECT_FALSE(is_valid("jwt", token(R"({"alg":"HS256"})") + ".b"));
  EXPECT_FALSE(is_valid("jwt", "!!!.a.b"));
  EXPECT_FALSE(is_valid("jwt", ""));
}

TEST(Validators, AnyBytesAreSafeAndLongValuesRefused) {
  const std::string longest(kValueBytesMax + 1, '4');
  std::uint32_t seed = 7;
  for (std::string_view name : validator_names()) {
    EXPECT_FALSE(is_valid(name, longest)) << name;
    EXPECT_FALSE(is_valid(name, "")) << name;
    for (int round = 0; round < 300; ++round) {
      std::string value;
      for (int i = 0; i < round % 45; ++i) {
        seed = seed * 1664525U + 1013904223U;
        constexpr std::string_view kBytes = "0123456789ABCxyz-+./ @_\xC3\xFF";
        value.push_back(kBytes[(seed >> 16) % kBytes.size()]);
      }
      is_valid(name, value);
    }
  }
}

}  // namespace
}  // namespace postern::pipeline
