// Character references of HTML. Names: those of HTML 4 and the HTML 5 ones for punctuation and blanks, which is what
// mail holds and what could stand between the digits of a number.
#include <algorithm>
#include <array>
#include <string>

#include "pipeline/mime/html.h"
#include "pipeline/mime/unicode.h"

namespace postern::pipeline {
namespace {

// Code points 160 to 255, which browsers also accept without the semicolon.
constexpr std::array<std::string_view, 96> kLatin1{
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",    "copy",   "ordf",   "laquo",
    "not",    "shy",    "reg",    "macr",   "deg",    "plusmn", "sup2",   "sup3",   "acute",  "micro",  "para",   "middot",
    "cedil",  "sup1",   "ordm",   "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave", "Iacute", "Icirc",  "Iuml",
    "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde", "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",
    "Uuml",   "Yacute", "THORN",  "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",    "ntilde", "ograve", "oacute",
    "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave", "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml"};

struct Named {
  std::string_view name;
  char32_t value;
  bool is_legacy = false;  // valid without semicolon
};

constexpr std::array kNamed{
    Named{"amp", '&', true}, Named{"lt", '<', true}, Named{"gt", '>', true}, Named{"quot", '"', true}, Named{"AMP", '&', true},
    Named{"LT", '<', true}, Named{"GT", '>', true}, Named{"QUOT", '"', true}, Named{"apos", '\''}, Named{"Tab", '\t'},
    Named{"NewLine", '\n'}, Named{"excl", '!'}, Named{"num", '#'}, Named{"dollar", '$'}, Named{"percnt", '%'},
    Named{"lpar", '('}, Named{"rpar", ')'}, Named{"ast", '*'}, Named{"midast", '*'}, Named{"plus", '+'}, Named{"comma", ','},
    Named{"period", '.'}, Named{"sol", '/'}, Named{"colon", ':'}, Named{"semi", ';'}, Named{"equals", '='},
    Named{"quest", '?'}, Named{"commat", '@'}, Named{"lsqb", '['}, Named{"lbrack", '['}, Named{"bsol", '\\'},
    Named{"rsqb", ']'}, Named{"rbrack", ']'}, Named{"Hat", '^'}, Named{"lowbar", '_'}, Named{"grave", '`'},
    Named{"lcub", '{'}, Named{"lbrace", '{'}, Named{"verbar", '|'}, Named{"vert", '|'}, Named{"rcub", '}'},
    Named{"rbrace", '}'}, Named{"NonBreakingSpace", 0xa0}, Named{"die", 0xa8}, Named{"centerdot", 0xb7}, Named{"half", 0xbd},
    Named{"OElig", 0x152}, Named{"oelig", 0x153}, Named{"Scaron", 0x160}, Named{"scaron", 0x161}, Named{"Yuml", 0x178},
    Named{"fnof", 0x192}, Named{"circ", 0x2c6}, Named{"tilde", 0x2dc}, Named{"Alpha", 0x391}, Named{"Beta", 0x392},
    Named{"Gamma", 0x393}, Named{"Delta", 0x394}, Named{"Epsilon", 0x395}, Named{"Zeta", 0x396}, Named{"Eta", 0x397},
    Named{"Theta", 0x398}, Named{"Iota", 0x399}, Named{"Kappa", 0x39a}, Named{"Lambda", 0x39b}, Named{"Mu", 0x39c},
    Named{"Nu", 0x39d}, Named{"Xi", 0x39e}, Named{"Omicron", 0x39f}, Named{"Pi", 0x3a0}, Named{"Rho", 0x3a1},
    Named{"Sigma", 0x3a3}, Named{"Tau", 0x3a4}, Named{"Upsilon", 0x3a5}, Named{"Phi", 0x3a6}, Named{"Chi", 0x3a7},
    Named{"Psi", 0x3a8}, Named{"Omega", 0x3a9}, Named{"alpha", 0x3b1}, Named{"beta", 0x3b2}, Named{"gamma", 0x3b3},
    Named{"delta", 0x3b4}, Named{"epsilon", 0x3b5}, Named{"zeta", 0x3b6}, Named{"eta", 0x3b7}, Named{"theta", 0x3b8},
    Named{"iota", 0x3b9}, Named{"kappa", 0x3ba}, Named{"lambda", 0x3bb}, Named{"mu", 0x3bc}, Named{"nu", 0x3bd},
    Named{"xi", 0x3be}, Named{"omicron", 0x3bf}, Named{"pi", 0x3c0}, Named{"rho", 0x3c1}, Named{"sigmaf", 0x3c2},
    Named{"sigma", 0x3c3}, Named{"tau", 0x3c4}, Named{"upsilon", 0x3c5}, Named{"phi", 0x3c6}, Named{"chi", 0x3c7},
    Named{"psi", 0x3c8}, Named{"omega", 0x3c9}, Named{"ensp", 0x2002}, Named{"emsp", 0x2003}, Named{"emsp13", 0x2004},
    Named{"emsp14", 0x2005}, Named{"numsp", 0x2007}, Named{"puncsp", 0x2008}, Named{"thinsp", 0x2009},
    Named{"ThinSpace", 0x2009}, Named{"hairsp", 0x200a}, Named{"VeryThinSpace", 0x200a}, Named{"ZeroWidthSpace", 0x200b},
    Named{"NegativeThinSpace", 0x200b}, Named{"NegativeMediumSpace", 0x200b}, Named{"NegativeThickSpace", 0x200b},
    Named{"NegativeVeryThinSpace", 0x200b}, Named{"zwnj", 0x200c}, Named{"zwj", 0x200d}, Named{"lrm", 0x200e},
    Named{"rlm", 0x200f}, Named{"hyphen", 0x2010}, Named{"dash", 0x2010}, Named{"ndash", 0x2013}, Named{"mdash", 0x2014},
    Named{"horbar", 0x2015}, Named{"lsquo", 0x2018}, Named{"rsquo", 0x2019}, Named{"sbquo", 0x201a}, Named{"ldquo", 0x201c},
    Named{"rdquo", 0x201d}, Named{"bdquo", 0x201e}, Named{"dagger", 0x2020}, Named{"Dagger", 0x2021}, Named{"bull", 0x2022},
    Named{"bullet", 0x2022}, Named{"nldr", 0x2025}, Named{"hellip", 0x2026}, Named{"mldr", 0x2026}, Named{"permil", 0x2030},
    Named{"prime", 0x2032}, Named{"Prime", 0x2033}, Named{"lsaquo", 0x2039}, Named{"rsaquo", 0x203a}, Named{"oline", 0x203e},
    Named{"frasl", 0x2044}, Named{"MediumSpace", 0x205f}, Named{"NoBreak", 0x2060}, Named{"InvisibleComma", 0x2063},
    Named{"InvisibleTimes", 0x2062}, Named{"ApplyFunction", 0x2061}, Named{"euro", 0x20ac}, Named{"trade", 0x2122},
    Named{"larr", 0x2190}, Named{"uarr", 0x2191}, Named{"rarr", 0x2192}, Named{"darr", 0x2193}, Named{"harr", 0x2194},
    Named{"rArr", 0x21d2}, Named{"hArr", 0x21d4}, Named{"minus", 0x2212}, Named{"infin", 0x221e}, Named{"asymp", 0x2248},
    Named{"ne", 0x2260}, Named{"le", 0x2264}, Named{"ge", 0x2265}, Named{"sdot", 0x22c5}, Named{"loz", 0x25ca},
    Named{"spades", 0x2660}, Named{"clubs", 0x2663}, Named{"hearts", 0x2665}, Named{"diams", 0x2666}, Named{"check", 0x2713},
    Named{"af", 0x2061}, Named{"it", 0x2062}, Named{"ic", 0x2063}, Named{"ThickSpace", 0x205f},  // its second, narrower blank adds nothing
    Named{"DownBreve", 0x311}, Named{"tdot", 0x20db}, Named{"TripleDot", 0x20db}, Named{"DotDot", 0x20dc}, Named{"UnderBar", '_'},
    Named{"VerticalLine", '|'}, Named{"Verbar", 0x2016}, Named{"Vert", 0x2016}, Named{"DiacriticalGrave", '`'}, Named{"Dot", 0xa8},
    Named{"DoubleDot", 0xa8}, Named{"strns", 0xaf}, Named{"DiacriticalAcute", 0xb4}, Named{"CenterDot", 0xb7}, Named{"Cedilla", 0xb8},
    Named{"caron", 0x2c7}, Named{"Hacek", 0x2c7}, Named{"breve", 0x2d8}, Named{"Breve", 0x2d8}, Named{"dot", 0x2d9},
    Named{"DiacriticalDot", 0x2d9}, Named{"ring", 0x2da}, Named{"ogon", 0x2db}, Named{"DiacriticalTilde", 0x2dc}, Named{"dblac", 0x2dd},
    Named{"DiacriticalDoubleAcute", 0x2dd}, Named{"OpenCurlyQuote", 0x2018}, Named{"CloseCurlyQuote", 0x2019}, Named{"rsquor", 0x2019},
    Named{"lsquor", 0x201a}, Named{"OpenCurlyDoubleQuote", 0x201c}, Named{"CloseCurlyDoubleQuote", 0x201d}, Named{"rdquor", 0x201d},
    Named{"ldquor", 0x201e}, Named{"ddagger", 0x2021}, Named{"pertenk", 0x2031}, Named{"tprime", 0x2034}, Named{"backprime", 0x2035},
    Named{"bprime", 0x2035}, Named{"OverBar", 0x203e}, Named{"caret", 0x2041}, Named{"hybull", 0x2043}, Named{"bsemi", 0x204f},
    Named{"qprime", 0x2057}, Named{"lang", 0x27e8}, Named{"langle", 0x27e8}, Named{"rang", 0x27e9}, Named{"rangle", 0x27e9}};

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

int digit_of(char c, int base) {
  if (c >= '0' && c <= '9') return c - '0';
  if (base == 16 && c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (base == 16 && c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// HTML 5 section 13.2.5.80: the C1 range means windows-1252.
char32_t repair(char32_t c) {
  constexpr std::array<char32_t, 32> kC1{0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160,
                                         0x2039, 0x152,  0x8d,   0x17d,  0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                         0x2013, 0x2014, 0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e, 0x178};
  if (c >= 0x80 && c < 0xa0) return kC1[c - 0x80];
  return c == 0 ? 0xfffd : c;
}

std::size_t decode_number(std::string_view html, std::size_t pos, std::string& out) {
  std::size_t at = pos + 2;
  const bool is_hex = at < html.size() && (html[at] == 'x' || html[at] == 'X');
  if (is_hex) ++at;
  const int base = is_hex ? 16 : 10;
  const std::size_t first = at;
  char32_t value = 0;
  for (; at < html.size() && digit_of(html[at], base) >= 0; ++at) {
    if (value <= 0x10ffff) value = value * static_cast<char32_t>(base) + static_cast<char32_t>(digit_of(html[at], base));
  }
  if (at == first) return 0;
  if (at < html.size() && html[at] == ';') ++at;
  append_utf8(out, repair(value));
  return at - pos;
}

}  // namespace

std::size_t decode_entity(std::string_view html, std::size_t pos, std::string& out) {
  if (pos + 1 < html.size() && html[pos + 1] == '#') return decode_number(html, pos, out);
  constexpr std::size_t kNameMax = 32;
  std::size_t end = pos + 1;
  while (end < html.size() && end - pos <= kNameMax && is_alnum(html[end])) ++end;
  const auto name = html.substr(pos + 1, end - pos - 1);
  const bool closed = end < html.size() && html[end] == ';';
  if (name.empty()) return 0;
  const auto fits = [&](std::string_view known, bool is_legacy) {
    return closed ? name == known : is_legacy && name.starts_with(known);
  };
  for (const auto& named : kNamed) {
    if (!fits(named.name, named.is_legacy)) continue;
    append_utf8(out, named.value);
    return closed ? name.size() + 2 : named.name.size() + 1;
  }
  for (std::size_t i = 0; i < kLatin1.size(); ++i) {
    if (!fits(kLatin1[i], true)) continue;
    append_utf8(out, static_cast<char32_t>(0xa0 + i));
    return closed ? name.size() + 2 : kLatin1[i].size() + 1;
  }
  return 0;
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 16);
  for (char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\0': out += "\xef\xbf\xbd"; break;
      default: out += c;
    }
  }
  return out;
}

}  // namespace postern::pipeline
