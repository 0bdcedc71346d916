[% set root = options.root.partition(".") %]
[% set addresses = options.addresses.partition(".") %]
[% set name = options.get("name", "").partition(".") %]
[% set ip = options.get("ip", "").partition(".") %]
[% set login = graph.of(options.login) | list %]
# What the check of the registration needs to know, for the shell.
addresses={{ join " " (include "[[ prefix ]].config" (list . "[[ addresses[0] ]]") | fromYaml).[[ addresses[2] ]] | replace "'" "" | squote }}
prefix={{ printf "%v/" (include "[[ prefix ]].config" (list . "[[ root[0] ]]") | fromYaml).[[ root[2] ]] | squote }}
[% if name[0] %]
name={{ (include "[[ prefix ]].config" (list . "[[ name[0] ]]") | fromYaml).[[ name[2] ]] | toString | squote }}
host={{ (include "[[ prefix ]].config" (list . "[[ ip[0] ]]") | fromYaml).[[ ip[2] ]] | default "" | toString | replace "'" "" | squote }}
port=[[ graph.own_port_text(chart, chart.ports[options.get("port", "rpc")]) ]]
[% else %]
name= host= port=
[% endif %]
user=${[[ (login | selectattr("key", "equalto", "username") | first).name ]]:-}
password=${[[ (login | selectattr("key", "equalto", "password") | first).name ]]:-}
