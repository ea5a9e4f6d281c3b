"""What interfaces of Huawei's devices take of IP: the notation is that of `grammar.py`."""

IP_VIEWS = """
[policy]
apply @
if-match @
[acl]
description +
step <int>
rule <int> / permit * ; sort
rule <int> / deny * ; same sort
rule <int> description / + ; same sort
rule permit * ; same
rule deny * ; same
[bgp]
router-id <ip>
default ipv4-unicast ; on
graceful-restart *
timer keepalive +
group <name> +
peer <peer> as-number <int>
peer <peer> group <name> ; same
peer <peer> description + ; same
peer <peer> connect-interface + ; same
peer <peer> ebgp-max-hop * ; same
peer <peer> valid-ttl-hops * ; same
peer <peer> password cipher <secret> ; same
peer <peer> password simple <secret> ; same
peer <peer> route-update-interval <int> ; same
peer <peer> timer keepalive + ; same
peer <peer> bfd enable ; same
peer <peer> bfd min-tx-interval + ; same
peer <peer> ignore ; same
peer <peer> tracking * ; same
ipv4-family unicast > family | -af-ipv4
ipv6-family unicast > family | -af-ipv6
ipv4-family vpn-instance <name> > family | -{0}
[bgp family]
default local-preference <int>
preference +
maximum load-balancing +
import-route @
network @
aggregate <ip> <mask> *
[family]
synchronization ; on
peer <peer> enable
peer <peer> as-number <int> ; same
peer <peer> group <name> ; same
peer <peer> description + ; same
peer <peer> connect-interface + ; same
peer <peer> route-policy <name> import ; same
peer <peer> route-policy <name> export ; same
peer <peer> ip-prefix <name> import ; same
peer <peer> ip-prefix <name> export ; same
peer <peer> route-limit + ; same
peer <peer> default-route-advertise * ; same
peer <peer> advertise-community ; same
peer <peer> next-hop-local ; same
peer <peer> reflect-client ; same
peer <peer> preferred-value <int> ; same
peer <peer> public-as-only ; same
peer <peer> allow-as-loop * ; same
peer <peer> route-update-interval <int> ; same
peer <peer> bfd enable ; same
peer <peer> bfd min-tx-interval + ; same
"""
