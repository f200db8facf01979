#!/bin/sh
# What the IPP printer does with a job: keeps it, or fails as the file `fault` says.
room=$(dirname "$0")
fault=$(cat "$room/fault" 2>/dev/null)
case $fault in
"") ;;
abort) exit 1 ;;
*)
    told=hang
    while [ -n "$fault" ]; do
        [ "$fault" = "$told" ] || echo "STATE: +$fault" >&2
        told=$fault
        touch "$room/struck"
        sleep 0.1
        fault=$(cat "$room/fault" 2>/dev/null)
    done
    # As a real one: who mends it sees the light go out.
    [ "$told" = hang ] || echo "STATE: -$told" >&2
    # As a real one: what was taken back meanwhile does not come out.
    if ipptool -X -d job_id="$IPP_JOB_ID" -d job_user=kiosk "ipp://localhost:8631/ipp/print" \
        "$room/job_state.test" | grep -q -e processing-to-stop-point -e '<integer>7<'; then
        touch "$room/taken-back"
        exit 0
    fi
    ;;
esac
cp "$1" "$room/out/job-$$.pdf"
env | grep -E 'CONTENT_TYPE|IPP_' > "$room/out/job-$$.env"
