"""Two ratings as a table of one's own, in every dress that is read."""

from __future__ import annotations

OWN = [
    "user,item,rating\nann,x,3\nbob,y,4\n",
    "userId,movieId,rating,timestamp\nann,x,3,100\nbob,y,4,200\n",
    "USER_ID;Item ID;Stars\nann;x;3,0\nbob;y;4,0\n",
    "rating\tuser\titem\n3\tann\tx\n4\tbob\ty\n",
    '"user","item","rating"\n"ann","x","3"\n"bob","y","4"\n',
    "ann,x,3\nbob,y,4\n",
    "ann\tx\t3\t100\nbob\ty\t4\t200\n",
    "ann::x::3::100\nbob::y::4::200\n",
    "\n\nuser,item,rating\n\nann,x,3\n\nbob,y,4",
    ",user,item,rating,comment\n0,ann,x,3,fine\n1,bob,y,4\n",
    " user , item , rating \n ann , x , 3 \n bob , y , 4 \n",
    "user,item,rating,timestamp\nann,x,3\nbob,y,4\n",
]
