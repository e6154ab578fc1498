#pragma once
// conf/options.h: everything that can be configured, as one immutable value: the modules' own options structs and what
// only app needs. A reload builds a new one.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "auth/audit_trail/options.h"
#include "auth/options.h"
#include "net/options.h"
#include "pipeline/options.h"
#include "pipeline/reports/options.h"
#include "pipeline/sender/rotation_options.h"
#include "smtp/client/options.h"
#include "smtp/options.h"
#include "ticketing/ledger_options.h"
#include "ticketing/options.h"
#include "web/options.h"

namespace postern::conf {

struct ProcessOptions {
  std::string hostname = "localhost";
  std::filesystem::path data;      // folder of store, keys and certificates; relative to the configuration file
  std::string user;                // run as this user after binding; empty: stay who we are
  std::uint32_t threads = 0;       // 0: one a core
  std::uint32_t scan_threads = 0;  // for large messages and password hashing; 0: one a core
  std::string log_level = "info";
  std::filesystem::path master_key_file = "keys/master.key";
  bool encrypt_files = true;
  std::uint16_t node = 1;
  std::chrono::seconds drain_max{30};
};

struct SmtpListenOptions {
  std::vector<net::Endpoint> listen;
  std::vector<net::Endpoint> listen_tls;
  std::filesystem::path certificate_file = "tls/cert.pem";
  std::filesystem::path key_file = "tls/key.pem";
  std::size_t connections_max = 2000;
  std::vector<net::IpNetwork> blocked_networks;     // who gets no session
  std::vector<std::string> block_feeds;             // files of such networks (net/block_list.h)
};

struct WebListenOptions {
  std::vector<net::Endpoint> listen;
  std::filesystem::path certificate_file = "tls/cert.pem";
  std::filesystem::path key_file = "tls/key.pem";
  std::vector<net::IpNetwork> blocked_networks;
  std::vector<std::string> block_feeds;
};

struct GatewayOptions {
  std::filesystem::path file;  // where it came from
  ProcessOptions process;
  SmtpListenOptions smtp_listen;
  smtp::ServerOptions smtp;
  smtp::DeliveryOptions delivery;
  WebListenOptions web_listen;
  web::WebOptions web;
  net::Endpoint operator_listen;
  net::ResolverOptions dns;
  net::EgressOptions webhooks;
  net::EgressOptions feeds;          // where the URLs of block_feeds lead
  std::chrono::minutes feed_interval{60};
  net::EgressOptions text_messages;  // to the gateway of auth.factors
  pipeline::PipelineOptions pipeline;
  auth::Options auth;
  auth::AuditOptions audit;
  ticketing::Options ticketing;
  ticketing::LedgerOptions ledger;
  pipeline::ReportOptions reports;
  pipeline::DkimRotationOptions dkim;

  // A path of the configuration, made absolute: relative ones are relative to the data folder.
  std::filesystem::path resolve(const std::filesystem::path& path) const;
  // What links begin with: web.public_origin, otherwise "https://" and the server's name, with the port that the web listens on
  // where browsers come to it directly; "localhost" where it listens on loopback only.
  std::string origin() const;
};

}  // namespace postern::conf
