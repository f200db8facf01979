#!/bin/bash
# A printing system in namespaces of its own: CUPS with a queue A4, and an IPP printer behind it.
# Runs in the folder that is given; says READY when the queue is there. See a4_room.py.
set -eu
cd "$1"
mount -t tmpfs tmpfs /run
ip link set lo up
mkdir -p conf state spool temp cache log out ipp /run/dbus
printf '%s\n' '[server]' 'allow-interfaces=lo' 'use-ipv6=no' '[publish]' 'publish-workstation=no' > avahi.conf
printf '%s\n' 'SystemGroup root lpadmin' 'User lp' 'Group lp' "ServerRoot $PWD/conf" \
    "StateDir $PWD/state" "RequestRoot $PWD/spool" "CacheDir $PWD/cache" "TempDir $PWD/temp" \
    "AccessLog $PWD/log/access" "ErrorLog $PWD/log/error" "PageLog $PWD/log/page" > files.conf
printf '%s\n' 'Listen 127.0.0.1:6631' 'Browsing Off' 'WebInterface No' 'DefaultAuthType None' \
    'PreserveJobFiles No' 'ErrorPolicy retry-current-job' 'JobRetryInterval 1' 'LogLevel debug' \
    '<Location />' 'Order allow,deny' 'Allow localhost' '</Location>' \
    '<Policy default>' '<Limit All>' 'Order deny,allow' 'Allow localhost' '</Limit>' '</Policy>' \
    > cupsd.conf
dbus-daemon --system --nofork --nopidfile > log/dbus 2>&1 &
until [ -S /run/dbus/system_bus_socket ]; do sleep 0.05; done
avahi-daemon --no-drop-root --no-chroot --no-rlimits -f "$PWD/avahi.conf" > log/avahi 2>&1 &
until [ -S /run/avahi-daemon/socket ]; do sleep 0.05; done
cupsd -f -c "$PWD/cupsd.conf" -s "$PWD/files.conf" > log/cupsd 2>&1 &

start_printer() {
    setsid ippeveprinter -r off -p 8631 -n localhost -d ipp -k -2 \
        -f application/pdf,image/pwg-raster,image/jpeg -c "$PWD/print.sh" KioskA4 > log/printer 2>&1 &
    printer=$!
}
until_it_answers() {
    until ipptool -q ipp://localhost:8631/ipp/print "$PWD/printer_state.test" > log/ipptool 2>&1; do
        sleep 0.1
    done
}
start_printer
export CUPS_SERVER=127.0.0.1:6631
# CUPS asks the printer what it can do when lpadmin has ended already. Of one that is not there yet
# it learns nothing, says so in its log only, and cancels each job of that queue ("Printer cannot
# print with supplied options"): the printer comes first, and its description is waited for.
until_it_answers
until lpadmin -p A4 -E -v ipp://localhost:8631/ipp/print -m everywhere 2> log/lpadmin; do
    sleep 0.2
done
until [ -s conf/ppd/A4.ppd ]; do sleep 0.1; done
lpadmin -p A4 -o PageSize=A4
echo READY

# Orders come as lines, and each is answered when it is done.
while read -r order; do
    case $order in
    off) kill -9 -- "-$printer"; wait "$printer" || true ;;
    on)
        start_printer
        until_it_answers
        ;;
    stop_cups) kill "$(pgrep -x cupsd)" ;;
    disable) cupsdisable A4 ;;
    tell_nothing)
        sed -i 's|<Policy default>|&\n<Limit Get-Job-Attributes>\nAuthType Basic\nRequire user nobody\n</Limit>|' cupsd.conf
        loaded=$(grep -c 'reload complete' log/error)
        kill -HUP "$(pgrep -x cupsd)"
        until [ "$(grep -c 'reload complete' log/error)" -gt "$loaded" ]; do sleep 0.1; done
        # It has closed its door for the while, and opens it after it has said so.
        until ipptool -q ipp://127.0.0.1:6631/printers/A4 "$PWD/printer_state.test" > log/ipptool 2>&1; do
            sleep 0.1
        done
        ;;
    esac
    echo DONE
done
